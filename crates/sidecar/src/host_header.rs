//! Checks the host of a request. By DNS rebinding, a web page can make a browser on this machine send
//! requests here. The request then has the page's own host name, which resolves to 127.0.0.1.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{Version, header};

use crate::problem::Problem;

/// Refuses `request` unless its host is always a name or address of this machine.
pub(crate) fn check(request: &Request) -> Result<(), Problem> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host: Option<Authority> = match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            let host = host.as_bytes().try_into();
            Some(host.map_err(|_| Problem::misdirected())?)
        }
        // In HTTP/2 the host is in `:authority` (RFC 9113, section 8.3.1).
        (None, None) if request.version() == Version::HTTP_2 => None,
        _ => return Err(Problem::misdirected()),
    };
    // A request in absolute form has the host in the request line, too.
    let hosts = [host.as_ref(), request.uri().authority()];
    let mut hosts = hosts.into_iter().flatten().peekable();
    if hosts.peek().is_none() || !hosts.all(is_this_machine) {
        return Err(Problem::misdirected());
    }
    Ok(())
}

fn is_this_machine(authority: &Authority) -> bool {
    let host = authority.host();
    // `Authority` accepts any text as a port, and a user name before the host.
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let is_plain = match authority.as_str().strip_prefix(host) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(':').is_some_and(is_port),
        None => false,
    };
    if !is_plain {
        return false;
    }
    let ipv6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|address: Ipv4Addr| address.is_loopback())
        || ipv6.is_some_and(|host| host.parse().is_ok_and(|a: Ipv6Addr| a.is_loopback()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use axum::body::Body;
    use axum::extract::Request;
    use axum::http::Version;

    use super::check;

    fn accepted(uri: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().uri(uri);
        for host in hosts {
            request = request.header("host", *host);
        }
        check(&request.body(Body::empty()).unwrap()).is_ok()
    }

    #[test]
    fn names_and_addresses_of_this_machine_are_accepted() {
        for host in [
            "localhost",
            "LocalHost:80",
            "127.0.0.1",
            "127.1.2.3:8081",
            "[::1]",
            "[::1]:1",
        ] {
            assert!(accepted("/", &[host]), "{host}");
        }
        assert!(accepted("http://localhost/", &["localhost"]));
    }

    #[test]
    fn everything_else_is_refused() {
        let elsewhere = [
            "evil.example",
            "evil.example:8081",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "0.0.0.0",
            "[::]",
            "[::2]",
            "::1",
            "",
            " ",
            "local host",
            "2130706433",
            "localhost:x",
            "localhost:99999",
            "[::1]:x",
            "evil.example@localhost",
            "localhost@localhost",
            "localhost:+80",
            "127.1",
        ];
        for host in elsewhere {
            assert!(!accepted("/", &[host]), "{host:?}");
        }
        assert!(!accepted("/", &[]));
        assert!(!accepted("/", &["localhost", "localhost"]));
        assert!(!accepted("http://evil.example/", &["localhost"]));
    }

    #[test]
    fn over_http_2_the_authority_says_it() {
        let accepted = |uri: &str, host: Option<&str>| {
            let mut request = Request::builder().uri(uri).version(Version::HTTP_2);
            if let Some(host) = host {
                request = request.header("host", host);
            }
            check(&request.body(Body::empty()).unwrap()).is_ok()
        };
        assert!(accepted("http://127.0.0.1:8081/", None));
        assert!(accepted("http://localhost/", Some("localhost")));
        assert!(accepted("/", Some("localhost")));
        for (uri, host) in [
            ("http://evil.example/", None),
            ("http://evil.example/", Some("localhost")),
            ("http://localhost/", Some("evil.example")),
            ("/", None),
        ] {
            assert!(!accepted(uri, host), "{uri} {host:?}");
        }
    }
}
