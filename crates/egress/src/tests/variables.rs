//! `HTTPS_PROXY` and `HTTP_PROXY`.

use super::{read, way};
use crate::Target;

const BOTH: [(&str, &str); 2] = [("HTTPS_PROXY", "http://s:1"), ("HTTP_PROXY", "http://p:2")];

#[test]
fn each_scheme_has_its_own_proxy() {
    let proxies = read(&BOTH).unwrap();
    assert_eq!(way(&proxies, "https://a.example").as_deref(), Some("s:1"));
    assert_eq!(way(&proxies, "http://a.example").as_deref(), Some("p:2"));
    let https = read(&BOTH[..1]).unwrap();
    assert_eq!(way(&https, "http://a.example"), None);
    assert_eq!(way(&read(&[]).unwrap(), "https://a.example"), None);
}

#[test]
fn the_first_name_with_a_value_counts() {
    for (variables, expected) in [
        (
            vec![("HTTPS_PROXY", "http://u"), ("https_proxy", "http://l")],
            "u:80",
        ),
        (
            vec![("HTTPS_PROXY", " "), ("https_proxy", "http://l")],
            "l:80",
        ),
        (vec![("https_proxy", "http://l")], "l:80"),
    ] {
        let proxies = read(&variables).unwrap();
        assert_eq!(way(&proxies, "https://a.example").unwrap(), expected);
    }
}

#[test]
fn this_machine_and_whom_the_operator_keeps_apart_are_reached_directly() {
    let proxies = read(&BOTH).unwrap();
    for url in [
        "https://localhost:8443",
        "http://LOCALHOST",
        "https://entra.localhost",
        "https://localhost.",
        "http://127.0.0.1:8081",
        "http://127.9.9.9",
        "https://[::1]:1",
        "https://[::ffff:127.0.0.1]",
    ] {
        assert_eq!(way(&proxies, url), None, "{url}");
    }
    let target = Target::of("https://kubernetes.default.svc").unwrap();
    let proxies = proxies.never_for([target]);
    assert_eq!(way(&proxies, "https://kubernetes.default.svc:443"), None);
    for other in [
        "http://kubernetes.default.svc",
        "https://kubernetes.default.svc:6443",
        "https://localhost.example",
    ] {
        assert!(way(&proxies, other).is_some(), "{other}");
    }
}

#[test]
fn an_address_is_read_as_everybody_writes_it() {
    for (text, shown, authorization) in [
        ("http://proxy.example:3128", "proxy.example:3128", None),
        ("http://proxy.example:3128/", "proxy.example:3128", None),
        ("proxy.example:3128", "proxy.example:3128", None),
        ("proxy.example", "proxy.example:80", None),
        ("https://proxy.example", "proxy.example:443", None),
        ("10.0.0.1:3128", "10.0.0.1:3128", None),
        ("http://[fd00::1]:3128", "[fd00::1]:3128", None),
        // RFC 7617, section 2.
        (
            "http://Aladdin:open%20sesame@proxy:1",
            "proxy:1",
            Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ),
        ("user@proxy:1", "proxy:1", Some("Basic dXNlcjo=")),
        // RFC 7617, section 2.1: `test` and `123£`, in UTF-8.
        (
            "http://test:123%C2%A3@proxy:1",
            "proxy:1",
            Some("Basic dGVzdDoxMjPCow=="),
        ),
    ] {
        let proxies = read(&[("HTTPS_PROXY", text)]).unwrap();
        let proxy = proxies.to(&Target::of("https://a.example").unwrap());
        let proxy = proxy.unwrap();
        assert_eq!(proxy.to_string(), shown, "{text}");
        let value = proxy.authorization().map(|value| value.to_str().unwrap());
        assert_eq!(value, authorization, "{text}");
        let shown = format!("{proxies:?}");
        assert!(
            !shown.contains("QWxh") && !shown.contains("sesame"),
            "{shown}"
        );
    }
}

#[test]
fn what_is_no_address_of_a_proxy_is_told_without_its_password() {
    for text in [
        "http://",
        "http://user:secret@",
        "http://user:sec/ret@proxy:1",
        "http://user:secret@proxy:port",
        "http://user:secret@proxy:99999",
        "http://user:secret@proxy:1/path",
        "http://user:secret@proxy:1?query",
        "http://us%3Aer:secret@proxy:1",
        "socks5://user:secret@proxy:1",
        "direct://",
        "a b",
    ] {
        for variable in ["HTTPS_PROXY", "http_proxy"] {
            let wrong = read(&[(variable, text)]).unwrap_err();
            assert_eq!(wrong.len(), 1, "{text}");
            assert_eq!(wrong[0].variable, variable);
            assert!(!wrong[0].what.contains("sec"), "{}", wrong[0].what);
        }
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let wrong = read(&[
        ("HTTPS_PROXY", "ftp://a"),
        ("HTTP_PROXY", "ftp://b"),
        ("NO_PROXY", "*x"),
    ]);
    let wrong = wrong.unwrap_err();
    let variables: Vec<_> = wrong.iter().map(|wrong| wrong.variable).collect();
    assert_eq!(variables, ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"]);
}
