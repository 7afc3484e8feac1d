//! Whether a browser navigates, or a program asks.

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::apps::is_navigation;
use crate::request::Request;

fn ask(method: Option<&Method>, headers: &[(&str, &str)]) -> bool {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::try_from(*name).unwrap();
        map.append(name, HeaderValue::try_from(*value).unwrap());
    }
    let request = Request {
        method: Method::GET,
        target: "/oauth2/auth".to_owned(),
        authority: String::new(),
        headers: map,
    };
    is_navigation(&request, method)
}

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
const NAVIGATE: (&str, &str) = ("sec-fetch-mode", "navigate");

#[test]
fn a_browser_that_navigates_is_led_to_sign_in() {
    for headers in [
        &[HTML, NAVIGATE][..],
        // On plain http browsers do not say how they ask, and old ones never do.
        &[HTML],
        &[HTML, NAVIGATE, ("content-length", "0")],
        // A web view says in which program it is.
        &[HTML, NAVIGATE, ("x-requested-with", "com.example.app")],
    ] {
        for method in [Method::GET, Method::HEAD] {
            assert!(ask(Some(&method), headers), "{headers:?}");
        }
    }
}

/// Each case is a navigation with one property broken.
#[test]
fn a_program_is_told_that_it_is_not_signed_in() {
    for headers in [
        &[][..],
        &[NAVIGATE],
        &[("accept", "*/*"), NAVIGATE],
        &[("accept", "application/json"), NAVIGATE],
        &[HTML, ("sec-fetch-mode", "cors")],
        &[HTML, ("sec-fetch-mode", "no-cors")],
        &[HTML, ("sec-fetch-mode", "same-origin")],
        &[HTML, ("sec-fetch-mode", "websocket")],
        &[HTML, ("sec-fetch-mode", "")],
        &[HTML, NAVIGATE, ("sec-fetch-mode", "cors")],
        &[HTML, ("x-requested-with", "XMLHttpRequest")],
        &[HTML, ("x-requested-with", "fetch")],
        &[HTML, NAVIGATE, ("x-requested-with", "xmlhttprequest")],
    ] {
        assert!(!ask(Some(&Method::GET), headers), "{headers:?}");
    }
}

#[test]
fn what_may_have_a_body_is_never_redirected() {
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        assert!(!ask(Some(&method), &[HTML, NAVIGATE]), "{method}");
    }
    for body in [
        ("content-length", "1"),
        ("content-length", "x"),
        ("transfer-encoding", "chunked"),
    ] {
        assert!(
            !ask(Some(&Method::GET), &[HTML, NAVIGATE, body]),
            "{body:?}"
        );
    }
    assert!(!ask(None, &[HTML, NAVIGATE]), "nobody knows");
}

#[test]
fn ghsa_5hvv_m4w4_gf6v_nothing_depends_on_the_user_agent() {
    for agent in [
        "",
        "Mozilla/5.0",
        "curl/8.0",
        "kube-probe/1.30",
        "GoogleHC/1.0",
    ] {
        let agent = ("user-agent", agent);
        assert!(ask(Some(&Method::GET), &[HTML, NAVIGATE, agent]));
        assert!(!ask(Some(&Method::GET), &[agent]));
    }
}
