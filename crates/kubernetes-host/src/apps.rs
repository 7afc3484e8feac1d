//! The hosts of apps, to which the proxy carries requests itself (`UPSTREAMS`).

use http::request::Parts;

use crate::lead::{asked, lead_below};

/// The path below which the component answers for apps.
const PREFIX: &str = "/-/apps";
/// What is the proxy's own at the hosts of apps too, as with oauth2-proxy: these paths, and what is below
/// the first one.
const OWN: [&str; 3] = ["/oauth2/", "/ping", "/ready"];

/// The hosts of apps.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AppHosts(Vec<String>);

impl AppHosts {
    /// Of hosts in lower case, each with its port if that is not the usual one.
    pub fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        Self(hosts.into_iter().collect())
    }

    /// Leads a request for one of them below the prefix of apps. What is the proxy's own stays as it is, and
    /// so does a request for another host.
    pub fn lead(&self, request: &mut Parts) {
        let path = request.uri.path();
        let is_own = path.starts_with(OWN[0]) || OWN.contains(&path);
        let host = asked(&request.uri, &request.headers);
        if !is_own && host.is_some_and(|host| self.has(host)) {
            lead_below(PREFIX, request);
        }
    }

    fn has(&self, authority: &str) -> bool {
        let host = authority.to_ascii_lowercase();
        let bare = [":443", ":80"]
            .iter()
            .find_map(|port| host.strip_suffix(port));
        let is_one = |host: &str| self.0.iter().any(|one| one == host);
        is_one(&host) || bare.is_some_and(is_one)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::Request;

    use super::AppHosts;

    /// Where a request for `host` with `target` leads.
    fn led(host: &str, target: &str) -> String {
        let hosts = ["podinfo.example.com", "b.localhost:8080"].map(str::to_owned);
        let request = Request::get(target).header("host", host).body(());
        let (mut parts, ()) = request.unwrap().into_parts();
        AppHosts::new(hosts).lead(&mut parts);
        parts.uri.to_string()
    }

    #[test]
    fn what_is_for_an_app_is_led_byte_for_byte() {
        for target in [
            "/",
            "/login?x=%2F",
            "/k8s/api",
            "/healthz",
            "/-/tunnel",
            "/-/apps/x",
            "//oauth2/auth",
            "/oauth2",
            "/Oauth2/auth",
            "/ping/",
            "/readyz",
            "/a/../b",
        ] {
            for host in [
                "podinfo.example.com",
                "PODINFO.example.com:443",
                "b.localhost:8080",
            ] {
                assert_eq!(led(host, target), format!("/-/apps{target}"), "{host}");
            }
        }
        assert_eq!(
            led("", "https://podinfo.example.com/x"),
            "https://podinfo.example.com/-/apps/x"
        );
        assert_eq!(led("podinfo.example.com", "*"), "*");
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for host in [
            "auth.example.com",
            "podinfo.example.com.evil.example",
            "podinfo.example.com:8443",
            "b.localhost",
            "",
        ] {
            assert_eq!(led(host, "/x"), "/x", "{host}");
        }
        for target in ["/oauth2/auth", "/oauth2/start?rd=%2F", "/ping", "/ready?x"] {
            assert_eq!(led("podinfo.example.com", target), target);
        }
    }
}
