//! What the values of a proxy's headers may be.

use http::{HeaderValue, Method};

use super::dave;
use super::described::{PROXY, check, checks, settings, told};
use crate::apps::{Denied, Described, Policy, Rule, Undescribed};
use crate::problem::Tell;
use crate::settings::ForwardAuthProfile;

/// The value of one header changed, in a check of Traefik's.
fn with(name: &'static str, value: &str) -> Result<(Method, String), Undescribed> {
    let (profile, mut request) = checks().remove(1);
    let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
    request.headers.insert(name, value);
    told(&request, &settings(Some(profile)))
}

#[test]
fn the_scheme_of_a_websocket_is_that_of_its_page() {
    for (scheme, wanted) in [
        ("https", "https://"),
        ("HTTPS", "https://"),
        ("wss", "https://"),
        ("http", "http://"),
        ("ws", "http://"),
    ] {
        let (_, address) = with("x-forwarded-proto", scheme).unwrap();
        assert!(address.starts_with(wanted), "{scheme} {address}");
    }
    for scheme in [
        "https,http",
        "https, https",
        "ftp",
        "https://",
        " ",
        "javascript",
    ] {
        let malformed = Err(Undescribed::Malformed("x-forwarded-proto"));
        assert_eq!(with("x-forwarded-proto", scheme), malformed, "{scheme}");
    }
}

#[test]
fn a_host_is_a_host_and_perhaps_a_port() {
    for host in ["a.example.com", "10.0.0.1:80", "[::1]:8443", "A"] {
        assert!(with("x-forwarded-host", host).is_ok(), "{host}");
    }
    for host in [
        "a.example.com, b.example.com",
        "a.example.com,b.example.com",
        "user@a.example.com",
        "a.example.com/x",
        "a.example.com\\x",
        "a.example.com?x",
        "a.example.com#x",
        "a b",
        "%61.example.com",
        "\u{e4}.example.com",
        "https://a.example.com",
    ] {
        let malformed = Err(Undescribed::Malformed("x-forwarded-host"));
        assert_eq!(with("x-forwarded-host", host), malformed, "{host}");
    }
}

/// GHSA-pxq7-h93f-9jrg: a `#` ends a path for some, and for others is a part of it.
#[test]
fn ghsa_pxq7_h93f_9jrg_a_path_is_bytes_that_came_without_a_fragment() {
    for uri in ["/", "/a%23b?c", "/a//b/../c;d", "/?", "/%zz"] {
        let (_, address) = with("x-forwarded-uri", uri).unwrap();
        assert_eq!(address, format!("https://App.example.com:8443{uri}"));
    }
    for uri in [
        "a",
        "?a",
        "/a#b",
        "/a b",
        "/\u{e4}",
        "https://a.example.com/x",
        "*",
        "@evil.example",
    ] {
        let malformed = Err(Undescribed::Malformed("x-forwarded-uri"));
        assert_eq!(with("x-forwarded-uri", uri), malformed, "{uri}");
    }
}

#[test]
fn a_method_is_a_token() {
    for method in ["GET", "M-SEARCH", "PROPFIND"] {
        assert_eq!(
            with("x-forwarded-method", method).unwrap().0.as_str(),
            method
        );
    }
    for method in ["GET, POST", "G T", "{}"] {
        let malformed = Err(Undescribed::Malformed("x-forwarded-method"));
        assert_eq!(with("x-forwarded-method", method), malformed, "{method}");
    }
}

#[test]
fn an_original_url_is_split_and_not_rewritten() {
    let of = |url: &str| {
        let headers = [
            ("x-original-url", url),
            ("x-original-method", "GET"),
            ("spin-client-addr", PROXY),
        ];
        let request = check("/oauth2/auth", &headers);
        told(&request, &settings(Some(ForwardAuthProfile::Nginx))).map(|(_, address)| address)
    };
    for url in [
        "https://a.example.com/",
        "https://a.example.com/x/../y//z?q=https://evil.example/",
        "http://a.example.com:8080/%2e%2e/",
    ] {
        assert_eq!(of(url).as_deref(), Ok(url));
    }
    for url in [
        "https://a.example.com",
        "//a.example.com/",
        "/x",
        "https:///x",
        "https://evil.example@a.example.com/",
        "https://a.example.com?x/",
        "ftp://a.example.com/",
        "https://a.example.com/#x",
        "https://a.example.com, b/",
    ] {
        let malformed = Err(Undescribed::Malformed("x-original-url"));
        assert_eq!(of(url), malformed, "{url}");
    }
}

#[test]
fn envoy_appends_the_address_to_that_of_the_check() {
    let (profile, mut request) = checks().remove(4);
    for (target, uri) in [
        ("/oauth2/auth/", Some("/")),
        ("/oauth2/auth", None),
        ("/oauth2/authx", None),
        ("/x", None),
    ] {
        request.target = target.to_owned();
        let settings = settings(Some(profile));
        let described = Described::by(&request, &settings);
        assert_eq!(described.uri().ok(), uri, "{target}");
    }
}

/// GHSA-7rh7-c77v-6434: what decides is never in the query of a client.
#[test]
fn ghsa_7rh7_c77v_6434_a_clients_query_is_no_rule() {
    let of = |target: &str, profile| {
        let policy = Policy::of_check(&check(target, &[]), profile);
        policy.and_then(|policy| policy.admit(&dave().facts()))
    };
    let role = Err(Denied::By(Rule::Roles));
    let envoy = Some(ForwardAuthProfile::Envoy);
    for profile in [
        None,
        Some(ForwardAuthProfile::Nginx),
        Some(ForwardAuthProfile::Traefik),
    ] {
        assert_eq!(of("/oauth2/auth?allowed_roles=x", profile), role);
    }
    for appended in ["/", "/page?allowed_roles=x", "/page?allowed_rolls=x"] {
        assert_eq!(of(&format!("/oauth2/auth{appended}"), envoy), Ok(()));
    }
    assert_eq!(of("/oauth2/auth", envoy), Ok(()));
    // The operator's query, and the client's run into each other.
    for query in [
        "?allowed_roles=x/page",
        "?allowed_roles=x&y=/page?&allowed_roles=cluster-user",
    ] {
        let denied = of(&format!("/oauth2/auth{query}"), envoy);
        assert_eq!(denied, Err(Denied::Unknown));
    }
}

#[test]
fn an_error_says_which_header_it_is() {
    for (error, said) in [
        (Undescribed::NoProfile, "FORWARD_AUTH_PROFILE"),
        (Undescribed::NotTrusted, "TRUSTED_PROXIES"),
        (
            Undescribed::Missing("x-forwarded-uri"),
            "x-forwarded-uri is missing",
        ),
        (Undescribed::Repeated("x-forwarded-uri"), "more than once"),
        (Undescribed::Malformed("x-forwarded-uri"), "malformed"),
    ] {
        let problem = error.problem();
        assert_eq!(problem.status(), 400);
        assert!(problem.detail().contains(said), "{}", problem.detail());
    }
}
