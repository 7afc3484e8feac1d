//! What anybody can cause by an address has one line in the log a minute.

use serde_json::Value;

use super::*;

/// Addresses that lead nowhere, and of what the log is told.
const NOWHERE: [(&str, &str); 10] = [
    ("https://elsewhere.example/oauth2/start", "app-unknown"),
    ("https://elsewhere.example/oauth2/sign_in", "app-unknown"),
    ("https://elsewhere.example/oauth2/ticket", "app-unknown"),
    ("https://elsewhere.example/oauth2/userinfo", "app-unknown"),
    ("https://elsewhere.example/oauth2/sign_out", "app-unknown"),
    ("https://elsewhere.example/oauth2/auth", "app-unknown"),
    (
        "https://auth.example.com/login/app?app=https://elsewhere.example",
        "app-unknown",
    ),
    (
        "https://auth.example.com/login/app?app=https://auth.example.com",
        "app-on-own-origin",
    ),
    (
        "https://app.example.com/oauth2/start?rd=https://evil.example",
        "bad-parameter",
    ),
    (
        "https://app.example.com/oauth2/sign_out?rd=//evil.example",
        "bad-parameter",
    ),
];

/// What the log has been told.
fn told(proxy: &Proxy) -> Vec<String> {
    let lines = proxy.world.lines.borrow();
    let outcome = |line: &String| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["outcome"].as_str().unwrap().to_owned()
    };
    lines.iter().map(outcome).collect()
}

#[test]
fn an_address_that_leads_nowhere_is_logged_once_a_minute() {
    for (address, kind) in NOWHERE {
        let proxy = Proxy::new();
        let ask = || {
            let told = proxy.ask(&Browser::default(), Method::GET, address, &[]);
            (told.status, told.kind())
        };
        let first = ask();
        assert!((400..500).contains(&first.0), "{address}");
        assert_eq!([ask(), ask()], [first.clone(), first.clone()], "{address}");
        assert_eq!(told(&proxy), [kind], "{address}");
        proxy.world.pass(60);
        assert_eq!(ask(), first, "{address}");
        assert_eq!(told(&proxy), [kind, kind], "{address}");
    }
}

/// Many of them cost no more lines than one.
#[test]
fn one_function_does_not_fill_the_log_for_another() {
    let proxy = Proxy::new();
    for _ in 0..2 {
        for (address, _) in NOWHERE {
            proxy.ask(&Browser::default(), Method::GET, address, &[]);
        }
    }
    let mut told = told(&proxy);
    told.sort_unstable();
    assert_eq!(told, ["app-on-own-origin", "app-unknown", "bad-parameter"]);
}

#[test]
fn a_store_that_is_away_changes_nothing_for_who_needs_none() {
    let proxy = Proxy::new();
    proxy.world.store_is_down.set(true);
    let start = format!("https://{APP}/oauth2/start?rd=https://evil.example");
    let told = proxy.ask(&Browser::default(), Method::GET, &start, &[]);
    assert_eq!((told.status, told.kind().as_str()), (400, "bad-parameter"));
    let start = format!("https://{APP}/oauth2/start?rd=/page");
    let told = proxy.ask(&Browser::default(), Method::GET, &start, &[]);
    assert_eq!(told.status, 302);
    assert!(proxy.world.lines.borrow().is_empty());
}
