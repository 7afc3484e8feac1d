//! An answer, and accessors for tests.

use serde_json::Value;
use ureq::http;

/// An answer of the proxy.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// All headers.
    pub headers: http::HeaderMap,
    /// The body.
    pub body: String,
}

impl Response {
    /// The value of a header; empty without one.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The target of the redirect.
    pub fn location(&self) -> &str {
        assert!((300..400).contains(&self.status), "no redirect: {self:?}");
        self.header("location")
    }

    /// The `Set-Cookie` values.
    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers
            .get_all("set-cookie")
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect()
    }

    /// Whether the cookie `name` is set to something.
    pub fn sets(&self, name: &str) -> bool {
        let mut set = self.set_cookies().into_iter();
        set.any(|cookie| cookie.starts_with(&format!("{name}=")) && !cookie.contains("Max-Age=0"))
    }

    /// Whether a cookie with this prefix is deleted.
    pub fn clears(&self, prefix: &str) -> bool {
        let mut set = self.set_cookies().into_iter();
        set.any(|cookie| cookie.starts_with(prefix) && cookie.contains("Max-Age=0"))
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Status and type of a problem document (RFC 9457).
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        assert_eq!(self.json()["status"], self.status);
        let kind = self.json()["type"].as_str().unwrap().to_owned();
        (
            self.status,
            kind.trim_start_matches("urn:aks-oauth-proxy:problem:")
                .to_owned(),
        )
    }
}
