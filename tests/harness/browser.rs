//! A client with a cookie jar that does not follow redirects.

use std::collections::BTreeMap;

use ureq::http::Request;
use ureq::{Agent, Body};

use crate::Response;

/// A user's browser, as the proxy sees it.
#[derive(Clone)]
pub struct Browser {
    agent: Agent,
    address: String,
    /// The proxy's cookies.
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn new(address: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None);
        Self {
            agent: config.build().into(),
            address: address.to_owned(),
            cookies: BTreeMap::new(),
            headers: Vec::new(),
        }
    }

    /// With the same cookies at another address.
    pub fn at(&self, address: &str) -> Self {
        Self {
            address: address.to_owned(),
            ..self.clone()
        }
    }

    /// The same, without any connection.
    pub fn afresh(&self) -> Self {
        Self {
            agent: Self::new(&self.address).agent,
            ..self.clone()
        }
    }

    /// As a browser: requests pages.
    pub fn html(mut self) -> Self {
        self.headers.push((
            "accept".to_owned(),
            "text/html,application/xhtml+xml".to_owned(),
        ));
        self
    }

    /// `GET target`, which is a path or an address of the proxy's.
    pub fn get(&mut self, target: &str) -> Response {
        self.send("GET", target, &[], "")
    }

    /// The same for a proxy that may be gone.
    pub fn try_get(&mut self, target: &str) -> Result<Response, ureq::Error> {
        self.try_send("GET", target, &[], "")
    }

    /// A request with more headers and a form.
    pub fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        form: &str,
    ) -> Response {
        self.try_send(method, target, headers, form).unwrap()
    }

    /// The same for a proxy that may be gone.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn try_send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        form: &str,
    ) -> Result<Response, ureq::Error> {
        let scheme = target.find("://").filter(|_| target.starts_with("http"));
        let path = scheme.map_or(target, |scheme| {
            let rest = &target[scheme + 3..];
            &rest[rest.find('/').unwrap()..]
        });
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self
                .cookies
                .iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect();
            request = request.header("cookie", pairs.join("; "));
        }
        if !form.is_empty() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let response = if method == "GET" || method == "HEAD" {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(form.to_owned()).unwrap())
        };
        let response = read(response?);
        self.keep(&response);
        Ok(response)
    }

    /// The name of the only current attempt.
    pub fn attempt(&self) -> String {
        let mut attempts = self
            .cookies
            .keys()
            .filter(|name| name.contains("_attempt_"));
        let attempt = attempts.next().expect("there is an attempt").clone();
        assert_eq!(attempts.next(), None, "there is one attempt");
        attempt
    }

    fn keep(&mut self, response: &Response) {
        for cookie in response.set_cookies() {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

pub(crate) fn read(response: ureq::http::Response<Body>) -> Response {
    let (parts, mut body) = response.into_parts();
    Response {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.read_to_string().unwrap(),
    }
}
