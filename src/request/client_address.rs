//! The address that a request comes from.

use std::net::IpAddr;

use ipnet::IpNet;

use super::incoming::Request;

/// The client's address, as the host and the `trusted` proxies tell it.
pub(crate) fn client_address(request: &Request, trusted: &[IpNet]) -> Option<IpAddr> {
    // A client can send this header too: the host's own comes last.
    let peer = request.header_values("spin-client-addr").last()?;
    // A hop that is no text is one that nobody trusts, and hides none of the others.
    let lines = request.headers.get_all("x-forwarded-for").iter();
    let lines: Vec<_> = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    Some(forwarded::client_address(
        forwarded::parse(peer)?,
        lines.iter().map(AsRef::as_ref),
        trusted,
    ))
}

/// Whether one of the `trusted` proxies itself has sent the request.
pub(crate) fn is_by_proxy(request: &Request, trusted: &[IpNet]) -> bool {
    let peer = request.header_values("spin-client-addr").last();
    let peer = peer.and_then(forwarded::parse);
    peer.is_some_and(|peer| forwarded::is_trusted(peer, trusted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, Method};

    use super::client_address;
    use crate::request::Request;

    /// The address of a request by `peer` with these `X-Forwarded-For` lines.
    fn of(peer: &[&str], forwarded: &[&str], trusted: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in peer {
            headers.append("spin-client-addr", value.parse().unwrap());
        }
        for value in forwarded {
            let value = http::HeaderValue::from_bytes(value.as_bytes());
            headers.append("x-forwarded-for", value.unwrap());
        }
        let request = Request {
            method: Method::GET,
            target: "/".to_owned(),
            authority: String::new(),
            headers,
        };
        let trusted: Vec<_> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client_address(&request, &trusted).map(|address| address.to_string())
    }

    #[test]
    fn it_is_the_connections() {
        let known = |peer: &str| of(&[peer], &[], &[]);
        assert_eq!(known("127.0.0.1:4711").as_deref(), Some("127.0.0.1"));
        assert_eq!(known("[2001:db8::1]:4711").as_deref(), Some("2001:db8::1"));
        assert_eq!(known("[::ffff:192.0.2.1]:1").as_deref(), Some("192.0.2.1"));
        assert_eq!(known("192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(
            of(&["192.0.2.9:1", "192.0.2.1:1"], &[], &[]).as_deref(),
            Some("192.0.2.1")
        );
        assert_eq!(known("nobody"), None);
        assert_eq!(of(&[], &["192.0.2.1"], &["0.0.0.0/1"]), None);
    }

    #[test]
    fn only_a_trusted_proxy_says_another() {
        let forwarded = ["203.0.113.9, 192.0.2.1", "10.1.2.3:80"];
        let by = |peer: &str, trusted: &[&str]| of(&[peer], &forwarded, trusted).unwrap();
        assert_eq!(by("198.51.100.1:1", &[]), "198.51.100.1");
        assert_eq!(by("198.51.100.1:1", &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(by("10.0.0.1:1", &["10.0.0.1/32"]), "10.1.2.3");
        assert_eq!(by("10.0.0.1:1", &["10.0.0.0/8"]), "192.0.2.1");
        assert_eq!(
            by("10.0.0.1:1", &["10.0.0.0/8", "192.0.2.0/24"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn what_a_proxy_did_not_say_is_the_proxys() {
        let by = |forwarded: &[&str]| of(&["10.0.0.1:1"], forwarded, &["10.0.0.0/8"]).unwrap();
        assert_eq!(by(&[]), "10.0.0.1");
        assert_eq!(by(&["192.0.2.1, unknown"]), "10.0.0.1");
        assert_eq!(by(&["192.0.2.1,"]), "10.0.0.1");
        assert_eq!(by(&["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
        assert_eq!(by(&["\u{e9}, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(by(&["192.0.2.1, \u{e9}"]), "10.0.0.1");
        assert_eq!(by(&["\"[2001:db8::1]\""]), "10.0.0.1");
    }
}
