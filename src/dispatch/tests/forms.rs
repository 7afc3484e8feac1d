//! The forms of our pages: from another site, twice, and after the sign-out.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;

use super::pages::{BROWSER, Proxy, header, text};
use crate::dispatch::Function;
use crate::respond::Response;

const HERE: (&str, &str) = ("origin", "https://aks.example.com");

/// What other sites can send. A browser tells the origin of each form; the value `null` hides it.
const ELSEWHERE: [&[(&str, &str)]; 6] = [
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://aks.example.com")],
    &[("origin", "https://aks.example.com:8443")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
];

/// The forms: function, address, content.
const FORMS: [(&str, &str, &str); 9] = [
    ("kubeconfig", "/kubeconfig", "name=laptop"),
    ("credentials", "/kubeconfig/credentials", "id=1&rd=%2F"),
    ("sign-ins", "/sign-ins", "id=x&rd=%2F"),
    ("sign-ins", "/sign-ins", "others=1&rd=%2F"),
    ("logout", "/logout", ""),
    ("logout", "/logout?everywhere=1", ""),
    ("logout", "/logout?entra=1", ""),
    ("device-code", "/kubelogin/device-code", ""),
    ("language", "/language?to=de&rd=%2F", ""),
];

/// The form at the host of an app, whose tests are in `routes/oauth2/tests/sign_out.rs`.
const AT_AN_APP: &str = "app-sign-out";

fn send(proxy: &Proxy, form: (&str, &str, &str), headers: &[(&str, &str)]) -> Response {
    let (function, address, content) = form;
    *proxy.world.body.borrow_mut() = Some(content.as_bytes().to_vec());
    let headers = [headers, &[("accept", BROWSER)]].concat();
    proxy.ask(function, Method::POST, address, &headers)
}

fn is_page(answer: &Response) -> bool {
    header(answer, "content-type") == "text/html; charset=utf-8" && text(answer).contains("<h1>")
}

#[test]
fn each_function_with_a_form_is_here() {
    let posted: BTreeSet<&str> = Function::ALL
        .iter()
        .map(|function| function.row())
        .filter(|row| row.methods.is_some() && row.takes("POST"))
        .map(|row| row.name)
        .collect();
    let here = FORMS.iter().map(|(function, ..)| *function);
    let here: BTreeSet<&str> = here.chain([AT_AN_APP]).collect();
    assert_eq!(posted, here);
}

#[test]
fn a_form_from_another_site_is_refused_with_a_page_and_changes_nothing() {
    let proxy = Proxy::signed_in(&json!({}));
    proxy.signs_in_with("");
    let writes = proxy.world.writes.get();
    for form in FORMS {
        for headers in ELSEWHERE {
            let refused = send(&proxy, form, headers);
            assert_eq!(refused.status(), 403, "{form:?} {headers:?}");
            assert!(is_page(&refused), "{form:?} {headers:?}");
            let cookies = refused.headers().get_all("set-cookie").iter().count();
            assert_eq!(cookies, 0, "{form:?} {headers:?}");
        }
    }
    assert_eq!(proxy.world.writes.get(), writes);
    assert_eq!(proxy.get("whoami", "/whoami", BROWSER).status(), 200);
}

/// What is gone is gone: the second time is a page, and no error of ours.
#[test]
fn a_form_that_is_sent_twice_is_answered_with_a_page() {
    let proxy = Proxy::signed_in(&json!({}));
    assert_eq!(send(&proxy, FORMS[0], &[HERE]).status(), 200);
    for (form, first, second) in [(FORMS[1], 303, 404), (FORMS[4], 200, 200)] {
        assert_eq!(send(&proxy, form, &[HERE]).status(), first, "{form:?}");
        let answer = send(&proxy, form, &[HERE]);
        assert_eq!(answer.status(), second, "{form:?}");
        assert!(is_page(&answer), "{form:?}");
    }
}

#[test]
fn a_form_after_the_sign_out_is_answered_with_a_page() {
    let proxy = Proxy::signed_in(&json!({}));
    assert_eq!(send(&proxy, FORMS[4], &[HERE]).status(), 200);
    let writes = proxy.world.writes.get();
    for form in FORMS {
        let answer = send(&proxy, form, &[HERE]);
        let expected = match form {
            // A choice of language is nobody's, and who is signed out may be so again.
            ("language", ..) | ("logout", "/logout?entra=1", _) => 303,
            // The sign-in, and then the form again.
            ("kubeconfig", ..) => 303,
            ("logout", ..) => 200,
            _ => 401,
        };
        assert_eq!(answer.status(), expected, "{form:?}");
        assert!(expected == 303 || is_page(&answer), "{form:?}");
    }
    assert_eq!(proxy.world.writes.get(), writes);
}
