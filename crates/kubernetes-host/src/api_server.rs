//! The host of the API server.

use std::fmt;

use http::request::Parts;
use http::uri::Authority;

use crate::lead::{asked, lead_below};

/// The path below which the API server is on every other host.
const PREFIX: &str = "/k8s";

/// A host, and perhaps a port. Without a port it is meant with any.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KubernetesHost(Authority);

impl KubernetesHost {
    /// Reads `kube.example.com`, `kube.example.com:8443` or an address.
    ///
    /// # Errors
    /// When it is neither; the text says what is wrong, as in "is not a host".
    pub fn parse(text: &str) -> Result<Self, String> {
        let authority: Option<Authority> = text.parse().ok();
        let is_host = |authority: &Authority| {
            let host = authority.host();
            let rest = text.strip_prefix(host);
            !host.is_empty() && rest.is_some_and(|rest| rest.is_empty() || has_port(authority))
        };
        let authority = authority.filter(is_host);
        authority
            .map(Self)
            .ok_or_else(|| "is not a host: write kube.example.com, without https://".to_owned())
    }

    /// Whether `authority` (RFC 9110, section 7.2) is this host.
    pub fn is(&self, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<Authority>() else {
            return false;
        };
        let port = self.0.port_u16();
        self.0.host().eq_ignore_ascii_case(authority.host())
            && (port.is_none() || port == authority.port_u16())
    }

    /// Leads a request for this host below `/k8s/`. A request for another stays as it is.
    pub fn lead(&self, request: &mut Parts) {
        if asked(&request.uri, &request.headers).is_some_and(|host| self.is(host)) {
            lead_below(PREFIX, request);
        }
    }

    /// The address of the API server in kubeconfigs, where people reach the proxy at `public_url`
    /// (`https://host` or `https://host:port`): its scheme, and its port if this host has none.
    pub fn server(&self, public_url: &str) -> String {
        let (scheme, public) = public_url
            .split_once("://")
            .unwrap_or(("https", public_url));
        let port = public.parse::<Authority>().ok();
        let port = port.and_then(|public| public.port_u16());
        match (self.0.port_u16(), port) {
            (None, Some(port)) => format!("{scheme}://{}:{port}", self.0),
            _ => format!("{scheme}://{}", self.0),
        }
    }
}

impl fmt::Display for KubernetesHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn has_port(authority: &Authority) -> bool {
    authority.port_u16().is_some_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::Request;

    use super::KubernetesHost;

    fn host(text: &str) -> KubernetesHost {
        KubernetesHost::parse(text).unwrap()
    }

    /// Where a request for `host` with `target` leads.
    fn led(host_header: &str, target: &str) -> String {
        let request = Request::get(target).header("host", host_header).body(());
        let (mut parts, ()) = request.unwrap().into_parts();
        host("kube.example.com").lead(&mut parts);
        parts.uri.to_string()
    }

    #[test]
    fn only_a_host_is_one() {
        for text in [
            "kube.example.com",
            "kube.example.com:8443",
            "127.0.0.1",
            "[::1]:8443",
        ] {
            assert_eq!(host(text).to_string(), text);
        }
        for text in [
            "",
            "https://kube.example.com",
            "kube.example.com/",
            "a@kube.example.com",
            "kube.example.com:",
            "kube.example.com:0",
            "kube.example.com:99999",
            "kube example",
            ":8443",
        ] {
            assert!(KubernetesHost::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_host_without_a_port_is_meant_with_any() {
        for asked in ["kube.example.com", "KUBE.example.com:8443"] {
            assert!(host("kube.example.com").is(asked), "{asked}");
        }
        assert!(host("kube.example.com:8443").is("kube.example.com:8443"));
        for asked in [
            "kube.example.com",
            "kube.example.com:443",
            "example.com:8443",
            "",
        ] {
            assert!(!host("kube.example.com:8443").is(asked), "{asked}");
        }
    }

    #[test]
    fn its_requests_lead_below_the_prefix_byte_for_byte() {
        for target in [
            "/",
            "/api/v1?watch=1&x=%2F",
            "/k8s/api",
            "/whoami",
            "//a/../b",
        ] {
            assert_eq!(led("kube.example.com:443", target), format!("/k8s{target}"));
            assert_eq!(led("aks.example.com", target), target);
            assert_eq!(led("kube.example.com.evil.example", target), target);
        }
        assert_eq!(led("kube.example.com", "*"), "*");
        let over_http2 = "https://kube.example.com/api";
        assert_eq!(led("", over_http2), "https://kube.example.com/k8s/api");
        assert_eq!(
            led("kube.example.com", "https://other.example/api"),
            "https://other.example/api"
        );
    }

    #[test]
    fn kubeconfigs_have_its_address() {
        let at = |text: &str, public_url| host(text).server(public_url);
        assert_eq!(
            at("kube.example.com", "https://aks.example.com"),
            "https://kube.example.com"
        );
        assert_eq!(
            at("kube.example.com", "https://a:8443"),
            "https://kube.example.com:8443"
        );
        assert_eq!(
            at("127.0.0.1:1", "http://localhost:2"),
            "http://127.0.0.1:1"
        );
    }
}
