//! The sign-ins of a user: on the first page, on a page of their own, as JSON, and how they end.

use http::Method;
use serde_json::{Value, json};

use super::pages::{BROWSER, Proxy, header, text};

const HERE: (&str, &str) = ("origin", "https://aks.example.com");

/// Somebody who is signed in in two browsers, as one and as the other.
fn twice() -> (Proxy, String) {
    let proxy = Proxy::signed_in(&json!({}));
    let other = proxy.signs_in_with(
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 <script>\u{7f}",
    );
    (proxy, other)
}

fn sign_ins(proxy: &Proxy) -> Vec<Value> {
    let answer = proxy.get("sign-ins", "/sign-ins", "*/*");
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "vary"), "Accept, Accept-Language, Cookie");
    let answer: Value = serde_json::from_slice(answer.body()).unwrap();
    answer["sign_ins"].as_array().unwrap().clone()
}

fn other(proxy: &Proxy) -> Value {
    let mut others = sign_ins(proxy).into_iter();
    others.find(|sign_in| sign_in["current"] == false).unwrap()
}

#[test]
fn the_other_one_is_on_the_first_page() {
    let (proxy, _) = twice();
    for (language, expected) in [
        (
            "en",
            ["Your other sign-ins", "Firefox on Linux", "End all others"],
        ),
        (
            "de",
            [
                "Ihre anderen Anmeldungen",
                "Firefox unter Linux",
                "Alle anderen beenden",
            ],
        ),
    ] {
        for (function, target) in [("home", "/"), ("sign-ins", "/sign-ins")] {
            let headers = [("accept", BROWSER), ("accept-language", language)];
            let page = text(&proxy.ask(function, Method::GET, target, &headers));
            for expected in expected {
                assert!(page.contains(expected), "{expected}: {page}");
            }
            assert_eq!(page.matches("name=\"id\"").count(), 1, "{page}");
            assert!(
                !page.contains("rv:140") && !page.contains("<script>"),
                "{page}"
            );
        }
    }
}

#[test]
fn who_has_one_sign_in_sees_no_others() {
    let proxy = Proxy::signed_in(&json!({}));
    let page = text(&proxy.get("home", "/", BROWSER));
    assert!(!page.contains("Your other sign-ins"), "{page}");
    let page = text(&proxy.get("sign-ins", "/sign-ins", BROWSER));
    assert!(page.contains("There is no other one."), "{page}");
    assert!(!page.contains("End all others"), "{page}");
}

#[test]
fn programs_are_told_each() {
    let (proxy, _) = twice();
    let all = sign_ins(&proxy);
    assert_eq!(all.len(), 2);
    let told = other(&proxy);
    assert_eq!(told["browser"], "Firefox");
    assert_eq!(told["system"], "Linux");
    assert_eq!(told["signed_in_at"], "2027-01-15T08:00:00Z");
    assert_eq!(told["last_used_at"], "2027-01-15T08:00:00Z");
    assert_eq!(told["expires_at"], "2027-01-15T16:00:00Z");
}

#[test]
fn a_form_ends_one_and_leads_back() {
    let (mut proxy, other_cookie) = twice();
    let id = other(&proxy)["id"].as_str().unwrap().to_owned();
    *proxy.world.body.borrow_mut() = Some(format!("id={id}&rd=%2F").into_bytes());
    let headers = [HERE, ("accept", BROWSER)];
    let ended = proxy.ask("sign-ins", Method::POST, "/sign-ins", &headers);
    assert_eq!(
        (ended.status().as_u16(), header(&ended, "location")),
        (303, "/")
    );
    let lines = proxy.world.lines.borrow().join("\n");
    let ended = lines
        .lines()
        .find(|line| line.contains("\"sign_out\""))
        .unwrap();
    assert!(ended.contains("others: 1"), "{lines}");
    assert_eq!(sign_ins(&proxy).len(), 1);
    let twice = proxy.ask("sign-ins", Method::POST, "/sign-ins", &headers);
    assert_eq!(twice.status(), 404);
    assert!(text(&twice).contains("no-such-sign-in"));
    proxy.cookie = other_cookie;
    assert_eq!(proxy.get("sign-ins", "/sign-ins", "*/*").status(), 401);
}

#[test]
fn all_others_end_at_once() {
    let (mut proxy, other_cookie) = twice();
    proxy.signs_in_with("");
    assert_eq!(sign_ins(&proxy).len(), 3);
    let ended = proxy.ask("sign-ins", Method::DELETE, "/sign-ins?others=1", &[HERE]);
    assert_eq!(ended.status(), 204);
    let left = sign_ins(&proxy);
    assert!(left.len() == 1 && left[0]["current"] == true, "{left:?}");
    proxy.cookie = other_cookie;
    assert_eq!(proxy.get("sign-ins", "/sign-ins", "*/*").status(), 401);
}

#[test]
fn nothing_else_ends_any() {
    let (proxy, _) = twice();
    let id = other(&proxy)["id"].as_str().unwrap().to_owned();
    let evil = ("origin", "https://evil.example");
    for (method, query, origin, status) in [
        (Method::POST, format!("id={id}"), evil, 403),
        (Method::DELETE, format!("id={id}"), evil, 403),
        (Method::POST, "others=1".to_owned(), evil, 403),
        (Method::POST, String::new(), HERE, 400),
        (Method::POST, "others=0".to_owned(), HERE, 400),
        (Method::POST, format!("id={id}&others=1"), HERE, 400),
        (Method::POST, format!("id={id}&id={id}"), HERE, 400),
        (Method::DELETE, "id=%3Cscript%3E".to_owned(), HERE, 404),
        (Method::PUT, format!("id={id}"), HERE, 405),
    ] {
        let target = format!("/sign-ins?{query}");
        let refused = proxy.ask("sign-ins", method, &target, &[origin]);
        assert_eq!(refused.status(), status, "{query} {origin:?}");
    }
    let target = format!("/sign-ins?id={id}");
    assert_eq!(proxy.get("sign-ins", &target, BROWSER).status(), 200);
    assert_eq!(sign_ins(&proxy).len(), 2);
}

#[test]
fn a_stranger_is_told_to_sign_in_and_nothing_is_written() {
    let proxy = Proxy::new();
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answer = proxy.ask("sign-ins", method, "/sign-ins?others=1", &[HERE]);
        assert_eq!(answer.status(), 401);
    }
    assert_eq!((proxy.world.reads.get(), proxy.world.writes.get()), (0, 0));
    assert!(!proxy.world.body_was_read.get());
}
