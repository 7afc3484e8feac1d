#![allow(clippy::unwrap_used, reason = "a test may")]

use url::Url;

use super::{cookie_domain, profile, return_origin};

#[test]
fn a_profile_is_one_of_five() {
    for name in ["nginx", "traefik", "caddy", "envoy", "haproxy"] {
        assert!(profile(name).is_ok(), "{name}");
    }
    for name in ["", "Nginx", "ingress-nginx", "apache", "nginx traefik"] {
        assert!(profile(name).is_err(), "{name}");
    }
}

/// Whether the entry admits an address; nothing if it is no entry.
fn admits(entry: &str, address: &str) -> bool {
    let entry = return_origin(entry).unwrap();
    entry.admits(&Url::parse(address).unwrap())
}

#[test]
fn an_exact_origin_is_that_one_alone() {
    let entry = "https://app.example.com";
    assert!(admits(entry, "https://app.example.com/x?y"));
    assert!(admits(entry, "https://APP.example.com:443/x?y"));
    for other in [
        "http://app.example.com/",
        "https://app.example.com:8443/",
        "https://app.example.com./",
        "https://a.app.example.com/",
        "https://example.com/",
        "https://app.example.com.evil.example/",
        "blob:https://app.example.com/x",
        "ftp://app.example.com/",
    ] {
        assert!(!admits(entry, other), "{other}");
    }
    assert!(admits(
        "http://app.localhost:8080",
        "http://app.localhost:8080/"
    ));
}

#[test]
fn ghsa_4mf2_f3wh_gvf2_a_wildcard_ends_at_a_label() {
    let entry = "*.example.com";
    assert!(admits(entry, "https://app.example.com/"));
    assert!(admits(entry, "https://a.b.example.com/"));
    for other in [
        "https://example.com/",
        "https://evilexample.com/",
        "https://evil-example.com/",
        "https://.example.com/",
        "https://a..example.com/",
        "https://app.example.com./",
        "https://app.example.com.evil.example/",
        "https://app.example.com:8443/",
        "http://app.example.com/",
        "ws://app.example.com/",
        "blob:https://app.example.com/x",
    ] {
        assert!(!admits(entry, other), "{other}");
    }
}

#[test]
fn a_wildcard_may_have_a_port_and_on_this_machine_no_tls() {
    let entry = "*.apps.localhost:8443";
    assert!(admits(entry, "https://a.apps.localhost:8443/"));
    assert!(admits(entry, "http://a.apps.localhost:8443/"));
    assert!(!admits(entry, "https://a.apps.localhost/"));
    assert!(!admits("*.example.com:8443", "http://a.example.com:8443/"));
    assert!(admits("*.localhost", "http://a.localhost/"));
}

#[test]
fn what_is_no_return_origin_is_said() {
    for entry in [
        "*",
        "*.",
        "*.com",
        "*.*.example.com",
        "*.example.com/",
        "*.example.com/x",
        "*.Example.com",
        "*.example.com:443",
        "*.example.com:x",
        "*.example.com.",
        "*..example.com",
        "*.user@example.com",
        "*.10.0.0.1",
        "*.[::1]",
        "*example.com",
        "a.*.example.com",
        "https://*.example.com",
        "https://app.example.com/",
        "https://user@app.example.com",
        "http://app.example.com",
        "app.example.com",
        "javascript:alert(1)",
        "https://",
        "null",
        "*.exa\u{e4}mple.com",
    ] {
        let said = return_origin(entry);
        assert!(said.is_err_and(|what| what.contains(entry)), "{entry}");
    }
}

#[test]
fn a_cookie_domain_may_have_a_leading_dot() {
    for entry in ["apps.example.com", ".apps.example.com", "Apps.Example.com"] {
        assert_eq!(cookie_domain(entry).unwrap().as_str(), "apps.example.com");
    }
    assert!(cookie_domain("apps.localhost").is_ok());
}

#[test]
fn what_is_no_cookie_domain_is_said() {
    for entry in [
        "com",
        ".com",
        "localhost",
        "10.0.0.1",
        "127.1",
        "0x7f.1",
        "::1",
        "[::1]",
        "*.example.com",
        "..example.com",
        "example.com.",
        "example.com:443",
        "https://example.com",
        "example.com/x",
        "exa mple.com",
        "example.com;Secure",
        "exa\u{e4}mple.com",
        ".",
    ] {
        let said = cookie_domain(entry);
        assert!(said.is_err_and(|what| what.contains(entry)), "{entry}");
    }
}

#[test]
fn ghsa_4mf2_f3wh_gvf2_a_cookie_domain_covers_its_labels() {
    let domain = cookie_domain(".apps.example.com").unwrap();
    for host in [
        "apps.example.com",
        "a.apps.example.com",
        "A.B.APPS.example.com",
    ] {
        assert!(domain.covers(host), "{host}");
    }
    for host in [
        "example.com",
        "evilapps.example.com",
        "apps.example.com.evil.example",
        ".apps.example.com",
    ] {
        assert!(!domain.covers(host), "{host}");
    }
}
