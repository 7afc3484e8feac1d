//! AKS tokens expire and are renewed while kubectl works, unnoticed.
//!
//! The cluster uses the real clock, and accepts no token from the future: users sign in in the past.

use e2e::{Builder, Proxied};
use serde_json::json;

/// Longer than an AKS token lasts.
const LONG_AGO: i64 = -2 * 3600;

#[test]
fn a_token_that_is_over_is_replaced_without_a_word() {
    let Some(proxied) = Proxied::with(Builder::default().clock(), &[]) else {
        return;
    };
    let stack = &proxied.stack;
    stack.at(LONG_AGO);
    let alice = proxied.kubectl_of("alice");
    stack.at(0);
    let before = stack.count("granted");
    for _ in 0..3 {
        let told = alice.run(&["auth", "whoami"]);
        assert_eq!((told.code, told.stderr.as_str()), (0, ""), "{told:?}");
    }
    assert_eq!(stack.count("granted") - before, 1);
}

/// Only the API server sees what is wrong with the token: its key is no longer Entra's.
#[test]
fn a_token_that_the_api_server_refuses_is_replaced_once() {
    let Some(proxied) = Proxied::with(Builder::default().clock(), &[]) else {
        return;
    };
    let stack = &proxied.stack;
    // A newer token would be refused as too new.
    stack.at(-200);
    stack.control("aks-token", &json!({ "broken_signature": true }));
    let alice = proxied.kubectl_of("alice");
    stack.at(0);
    let before = stack.count("granted");
    for _ in 0..3 {
        let told = alice.run(&["auth", "whoami"]);
        assert_eq!((told.code, told.stderr.as_str()), (0, ""), "{told:?}");
    }
    assert_eq!(stack.count("granted") - before, 1);
    let audited = proxied.kubernetes.audit().into_iter();
    let refused = audited.filter(|event| event["responseStatus"]["code"] == 401);
    assert_eq!(refused.count(), 1);
}
