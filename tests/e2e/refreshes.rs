//! Refreshes while Entra has problems, and when it asks for one.

use std::thread;

use e2e::{Builder, Redis, Stack};
use serde_json::{Value, json};

use crate::outages::{away, html_error};

/// All temporary problems of Entra.
fn transient() -> Vec<Value> {
    let json_error = json!({ "error": "temporarily_unavailable", "error_codes": [90033] });
    vec![
        html_error(),
        json!({ "at": "token", "kind": "status", "status": 503, "times": 0 }),
        json!({ "at": "token", "kind": "status", "status": 429, "body": "slow down", "times": 0 }),
        json!({ "at": "token", "kind": "error", "status": 500, "error": json_error, "times": 0 }),
        json!({ "at": "token", "kind": "error", "error": json_error, "times": 0 }),
        json!({ "at": "token", "kind": "status", "status": 200, "body": "<html>", "times": 0 }),
        json!({ "at": "token", "kind": "close", "times": 0 }),
        json!({ "at": "token", "kind": "endless", "times": 0 }),
        json!({ "at": "token", "kind": "delay", "delay_ms": 60_000, "times": 0 }),
    ]
}

#[test]
fn a_refresh_that_fails_signs_nobody_out() {
    // Each takes as long as the deadlines.
    thread::scope(|scope| {
        for fault in transient() {
            scope.spawn(move || loses_nothing(&fault));
        }
    });
}

fn loses_nothing(fault: &Value) {
    let stack = Stack::with_clock();
    let mut alice = stack.signed_in("alice");
    // Within the margin, but the token is still valid.
    stack.at(4300);
    stack.control("faults", fault);
    let shown = alice.get("/whoami");
    assert_eq!(
        shown.status, 200,
        "the old token is shown while it lives: {fault}"
    );
    assert!(shown.json()["token"]["expires_in"].as_u64().unwrap() <= 200);
    let asked = stack.count("token");
    assert_eq!(alice.get("/whoami").status, 200);
    assert_eq!(
        stack.count("token"),
        asked,
        "nobody asks again at once: {fault}"
    );
    stack.at(4600);
    away(&alice.get("/whoami"), "entra-unavailable");
    stack.reset();
    stack.at(4650);
    let token = &alice.get("/whoami").json()["token"];
    assert!(
        token["expires_in"].as_u64().unwrap() > 4000,
        "{fault}: {token}"
    );
}

/// Entra's Retry-After holds on every replica.
#[test]
fn retry_after_is_kept_for_all_replicas() {
    let redis = Redis::start();
    let stack = Builder::default().clock().redis(&redis).start();
    let replica = stack.replica();
    let mut alice = stack.signed_in("alice");
    let mut elsewhere = replica.browser(&alice);
    stack.at(4600);
    let throttled = json!({
        "at": "token", "kind": "status", "status": 429, "headers": { "retry-after": "120" },
    });
    stack.control("faults", &throttled);
    assert_eq!(alice.get("/whoami").header("retry-after"), "120");
    let asked = stack.count("token");
    stack.at(4600 + 100);
    let response = elsewhere.get("/whoami");
    away(&response, "entra-unavailable");
    let left: u64 = response.header("retry-after").parse().unwrap();
    assert!((10..=20).contains(&left), "{left}");
    assert_eq!(stack.count("token"), asked);
    stack.at(4600 + 121);
    assert_eq!(elsewhere.get("/whoami").status, 200);
}

/// Entra may want a token to be refreshed early.
#[test]
fn a_token_is_refreshed_when_entra_asks_for_it() {
    let stack = Stack::with_clock();
    stack.control("aks-token", &json!({ "refresh_in": 1000 }));
    let mut alice = stack.signed_in("alice");
    let asked = stack.count("token");
    stack.at(990);
    assert_eq!(alice.get("/whoami").status, 200);
    assert_eq!(stack.count("token"), asked);
    stack.at(1001);
    assert_eq!(alice.get("/whoami").status, 200);
    assert_eq!(stack.count("token"), asked + 1);
}

#[test]
fn without_any_token_left_it_is_a_503_until_entra_is_back() {
    let stack = Stack::with_clock();
    let mut alice = stack.signed_in("alice");
    stack.at(4600);
    stack.control("faults", &html_error());
    away(&alice.get("/whoami"), "entra-unavailable");
    stack.reset();
    stack.at(4611);
    assert_eq!(alice.get("/whoami").status, 200);
}
