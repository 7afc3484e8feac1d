//! AKS tokens come and go while kubectl works, and nobody notices.
//!
//! The cluster's clock is the real one, and takes no token from the future: people sign in in the past.

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

/// Something is wrong with the token that only the API server sees: its key is not Entra's any more.
#[test]
fn a_token_that_the_api_server_refuses_is_replaced_once() {
    let Some(proxied) = Proxied::with(Builder::default().clock(), &[]) else {
        return;
    };
    let stack = &proxied.stack;
    // A token of this minute would be refused for what it is.
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
