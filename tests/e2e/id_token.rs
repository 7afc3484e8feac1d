//! ID tokens with one property broken.

use e2e::Stack;
use serde_json::{Value, json};

#[test]
fn each_broken_property_is_refused_and_nobody_is_signed_in() {
    let stack = Stack::start();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let claim = |name: &str, value: Value| json!({ "claims": { name: value } });
    let cases = [
        (json!({ "alg": "none" }), "RS256"),
        (json!({ "alg": "HS256-with-public-key" }), "RS256"),
        (json!({ "broken_signature": true }), "signature"),
        (json!({ "header": { "kid": "wrong" } }), "key"),
        (json!({ "header": { "kid": null } }), "well-formed"),
        (json!({ "header": { "crit": ["exp"] } }), "well-formed"),
        (claim("iss", json!("https://sts.windows.net/x/")), "`iss`"),
        (
            claim("aud", json!("99999999-0000-4000-8000-000000000001")),
            "`aud`",
        ),
        (
            claim("tid", json!("99999999-0000-4000-8000-000000000001")),
            "`tid`",
        ),
        (claim("nonce", json!("other")), "`nonce`"),
        (claim("nonce", Value::Null), "`nonce`"),
        (claim("exp", json!(now - 120)), "expired"),
        (claim("exp", Value::Null), "`exp`"),
        (claim("nbf", json!(now + 600)), "not valid yet"),
        (claim("nbf", Value::Null), "`nbf`"),
        (claim("oid", Value::Null), "`oid`"),
        (claim("sub", Value::Null), "`sub`"),
        (claim("tid", Value::Null), "`tid`"),
    ];
    for (mutation, said) in cases {
        stack.control("id-token", &mutation);
        let mut browser = stack.browser();
        let response = stack.sign_in(&mut browser, "alice");
        assert_eq!(
            response.problem(),
            (400, "invalid-id-token".to_owned()),
            "{mutation}"
        );
        let detail = response.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(said), "{mutation}: {detail}");
        assert!(!response.sets("proxy_session") && browser.cookies.is_empty());
    }
    assert_eq!(stack.sign_in(&mut stack.browser(), "alice").status, 302);
}

#[test]
fn a_rotated_key_is_fetched_when_its_time_has_come() {
    let stack = Stack::start();
    stack.control("rotate-keys", &json!({ "keep_old": true }));
    assert_eq!(stack.sign_in(&mut stack.browser(), "alice").status, 302);
    let fetches = stack.count("keys");
    assert_eq!(fetches, 1);
    // An unknown key causes at most one fetch in five minutes, so this token is refused meanwhile.
    stack.control("rotate-keys", &json!({ "keep_old": false }));
    let refused = stack.sign_in(&mut stack.browser(), "alice");
    assert_eq!(refused.problem().1, "invalid-id-token");
    assert_eq!(stack.count("keys"), fetches);
}
