//! Refuses ambiguous requests to upgrade without asking the component.

use http::header::{self, HeaderMap, HeaderName};
use http::request::Parts;
use http::uri::Authority;
use http::{Method, Version};
use verdict::{MisusedConnection, lists, named_by_connection, tokens};

const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

/// The error of such a header.
const CONNECTION: &str = "Connection names what it may not";

/// Whether [`Tunnel::carry`](crate::Tunnel::carry) takes a request with a [`Kind`](crate::Kind): the request
/// asks for an upgrade (RFC 9110, section 7.8). [`Tunnel::carry_plain`](crate::Tunnel::carry_plain) takes all
/// others. An offer of HTTP/2 in the clear comes with any request, and is ignored (RFC 9113, section 3.1).
#[must_use]
pub fn is_upgrade(request: &Parts) -> bool {
    let upgrade = request.headers.get(header::UPGRADE);
    request.version == Version::HTTP_11
        && upgrade.is_some_and(|to| !to.as_bytes().eq_ignore_ascii_case(b"h2c"))
        && lists(&request.headers, &header::CONNECTION, "upgrade")
}

/// Refuses `request`, which [`is_upgrade`], with a sentence, unless it is unambiguous.
pub(crate) fn check(request: &Parts) -> Result<(), &'static str> {
    let headers = &request.headers;
    if has_body(headers) {
        return Err("a request to upgrade has no body");
    }
    if headers.get_all(header::UPGRADE).iter().nth(1).is_some() {
        return Err("the request has several Upgrade headers");
    }
    if headers.contains_key(HTTP2_SETTINGS) || lists(headers, &header::UPGRADE, "h2c") {
        return Err("a connection is not upgraded to HTTP/2");
    }
    if tokens(headers, &header::UPGRADE).all(str::is_empty) {
        return Err("the Upgrade header names no protocol");
    }
    check_target(request)?;
    check_host(headers)?;
    let text = |value: &http::HeaderValue| std::str::from_utf8(value.as_bytes()).is_ok();
    if !headers.values().all(text) {
        return Err("the request has a header that is no text");
    }
    Ok(())
}

/// The target must be a path: a client sends other forms to a proxy.
pub(crate) fn check_target(request: &Parts) -> Result<(), &'static str> {
    let uri = &request.uri;
    let absolute = uri.scheme().is_some() || uri.authority().is_some();
    if absolute || !uri.path().starts_with('/') || request.method == Method::CONNECT {
        return Err("the target of the request is no path");
    }
    Ok(())
}

/// There must be one host (RFC 9112, section 3.2).
pub(crate) fn check_host(headers: &HeaderMap) -> Result<(), &'static str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err("the request has not exactly one Host header");
    };
    let host = Authority::try_from(host.as_bytes());
    if host.is_ok_and(|host| !host.as_str().contains('@')) {
        return Ok(());
    }
    Err("the Host header is not valid")
}

/// `Connection` must be a list and must not name an end-to-end header: removing that would change the
/// request.
pub(crate) fn check_connection(headers: &HeaderMap) -> Result<(), &'static str> {
    match named_by_connection(headers) {
        Ok(_) => Ok(()),
        Err(MisusedConnection) => Err(CONNECTION),
    }
}

/// Whether a body may follow the head: it would be passed on with the connection.
fn has_body(headers: &HeaderMap) -> bool {
    let mut lengths = headers.get_all(header::CONTENT_LENGTH).iter();
    let none = match (lengths.next(), lengths.next()) {
        (None, _) => true,
        (Some(length), None) => length == "0",
        _ => false,
    };
    !none || headers.contains_key(header::TRANSFER_ENCODING)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use http::Request;
    use http::request::Parts;

    use super::{check, is_upgrade};

    type Lines<'a> = &'a [(&'a str, &'a str)];

    const GOOD: Lines<'_> = &[
        ("host", "aks.example"),
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "websocket"),
    ];

    fn request(target: &str, lines: Lines<'_>) -> Parts {
        let mut request = Request::get(target);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    /// [`GOOD`], with `lines` in place of those of the same names.
    fn but(lines: Lines<'_>) -> Parts {
        let kept = GOOD
            .iter()
            .filter(|(name, _)| !lines.iter().any(|(n, _)| n == name));
        let all: Vec<_> = kept.chain(lines).copied().collect();
        request("/k8s/x?y=z", &all)
    }

    #[test]
    fn a_plain_one_is_asked_about() {
        for lines in [
            &[][..],
            &[("content-length", "0")],
            &[("host", "[::1]:8443")],
            &[("upgrade", "SPDY/3.1")],
            &[("connection", "Upgrade"), ("x-text", "gr\u{fc}n")],
        ] {
            let request = but(lines);
            assert!(is_upgrade(&request), "{lines:?}");
            assert_eq!(check(&request), Ok(()), "{lines:?}");
        }
    }

    #[test]
    fn one_with_two_readings_is_refused() {
        let cases: [Lines<'_>; 16] = [
            &[("content-length", "1")],
            &[("content-length", "00")],
            &[("content-length", "+0")],
            &[("content-length", "0, 0")],
            &[("content-length", "0"), ("content-length", "0")],
            &[("transfer-encoding", "chunked")],
            &[("transfer-encoding", "identity")],
            &[("transfer-encoding", "")],
            &[("upgrade", "websocket"), ("upgrade", "websocket")],
            &[("upgrade", "websocket, H2C")],
            &[("upgrade", "")],
            &[("http2-settings", "AAMAAABkAARAAAAAAAIAAAAA")],
            &[("host", "a.example"), ("host", "a.example")],
            &[("host", "")],
            &[("host", "user@a.example")],
            &[("host", "a.example/path")],
        ];
        for lines in cases {
            assert!(check(&but(lines)).is_err(), "{lines:?}");
        }
        assert!(check(&request("/k8s/x", &GOOD[1..])).is_err(), "no Host");
    }

    #[test]
    fn a_header_that_is_no_text_is_refused() {
        let mut request = but(&[]);
        let value = http::HeaderValue::from_bytes(b"\xff").unwrap();
        request.headers.insert("x-text", value);
        assert!(check(&request).is_err());
    }

    #[test]
    fn a_target_that_is_no_path_is_refused() {
        for target in ["http://aks.example/k8s/x", "aks.example:443", "*"] {
            assert!(check(&request(target, GOOD)).is_err(), "{target}");
        }
    }

    #[test]
    fn connection_names_nothing_of_the_request_itself() {
        for (value, is_list) in [
            ("keep-alive, X-Own", true),
            (", ,close", true),
            ("host", false),
            ("keep-alive, Impersonate-User", false),
            ("content-length", false),
            ("a b", false),
        ] {
            let checked = super::check_connection(&but(&[("connection", value)]).headers);
            assert_eq!(checked.is_ok(), is_list, "{value}");
        }
    }

    #[test]
    fn other_requests_are_no_upgrades() {
        for lines in [
            &[("connection", "keep-alive")][..],
            &[("connection", "upgrade-insecure-requests")],
            &[("upgrade", "h2c")],
        ] {
            assert!(!is_upgrade(&but(lines)), "{lines:?}");
        }
        assert!(!is_upgrade(&request("/k8s/x", &GOOD[..2])), "no Upgrade");
        assert!(!is_upgrade(&request("/k8s/x", &GOOD[2..])), "no Connection");
        for version in [http::Version::HTTP_10, http::Version::HTTP_2] {
            let mut request = but(&[]);
            request.version = version;
            assert!(!is_upgrade(&request), "{version:?}");
        }
    }
}
