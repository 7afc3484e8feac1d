//! Final refusals: each one at a refresh leads to the right next step, once.

use e2e::{Browser, Response, Stack};
use serde_json::{Value, json};
use url::Url;

const CHALLENGE: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

/// Alice, whose token has expired, while Entra refuses the next one.
fn at_expiry(error: &Value) -> (Stack, Browser) {
    let stack = Stack::with_clock();
    let alice = stack.signed_in("alice").html();
    stack.at(4600);
    let fault = json!({ "at": "token", "kind": "error", "error": error,
        "grant_type": "refresh_token", "times": 0 });
    stack.control("faults", &fault);
    (stack, alice)
}

fn invalid_grant(code: u32, suberror: &str, claims: Option<&str>) -> Value {
    json!({ "error": "invalid_grant", "error_codes": [code], "suberror": suberror, "claims": claims,
        "correlation_id": "11111111-1111-4111-8111-111111111111" })
}

fn claims(response: &Response) -> Option<Value> {
    let address = Url::parse(response.location()).unwrap();
    let mut query = address.query_pairs();
    let claims = query.find(|(name, _)| name == "claims")?.1.into_owned();
    serde_json::from_str(&claims).ok()
}

/// The refresh token is revoked: the session ends, and the next step is a new sign-in.
#[test]
fn a_dead_refresh_token_ends_the_session() {
    for (what, error) in [
        ("revoked", invalid_grant(50173, "bad_token", None)),
        ("password changed", invalid_grant(50133, "", None)),
        ("too old", invalid_grant(700082, "", None)),
        (
            "sign-in frequency",
            invalid_grant(70043, "token_expired", None),
        ),
        ("user disabled", invalid_grant(50057, "", None)),
        ("user deleted", invalid_grant(50034, "", None)),
    ] {
        let (stack, mut alice) = at_expiry(&error);
        let asked = stack.count("token");
        for _ in 0..3 {
            assert_eq!(
                alice.get("/whoami").location(),
                "/login?rd=%2Fwhoami",
                "{what}"
            );
        }
        let mut program = alice.clone();
        program.headers.clear();
        assert_eq!(
            program.get("/whoami").problem(),
            (401, "no-session".to_owned())
        );
        assert_eq!(
            stack.count("token"),
            asked + 1,
            "{what}: Entra is asked once"
        );
        let line = stack.proxy.line("sign_in_required");
        assert!(
            line.contains("11111111-1111-4111-8111-111111111111"),
            "{line}"
        );
        stack.reset();
        stack.sign_in(&mut alice, "alice");
        assert_eq!(alice.get("/whoami").status, 200, "{what}");
    }
}

/// MFA, Conditional Access: once to Entra, with its challenge if there is one; then an error page.
#[test]
fn a_stronger_sign_in_is_asked_for_once() {
    let challenge: Value = serde_json::from_str(CHALLENGE).unwrap();
    for (what, error, wanted) in [
        (
            "MFA",
            invalid_grant(50076, "basic_action", None),
            Value::Null,
        ),
        (
            "MFA to be set up",
            invalid_grant(50079, "basic_action", None),
            Value::Null,
        ),
        (
            "Conditional Access",
            invalid_grant(53000, "message_only", None),
            Value::Null,
        ),
        (
            "a challenge",
            invalid_grant(50076, "basic_action", Some(CHALLENGE)),
            challenge["access_token"]["acrs"].clone(),
        ),
    ] {
        let (stack, mut alice) = at_expiry(&error);
        let asked = stack.count("token");
        let response = alice.get("/whoami");
        let sent = claims(&response).unwrap();
        assert_eq!(sent["access_token"]["acrs"], wanted, "{what}");
        assert_eq!(sent["access_token"]["xms_cc"]["values"][0], "cp1", "{what}");
        assert!(!response.location().contains("prompt="));
        for _ in 0..3 {
            let page = alice.get("/whoami");
            assert_eq!(page.status, 400, "{what}: no loop");
            assert!(page.body.contains("/login?for=aks"));
        }
        assert_eq!(
            stack.count("token"),
            asked + 1,
            "{what}: Entra is asked once"
        );
        stack.reset();
        let callback = stack.at_entra(response.location(), "alice", "");
        assert_eq!(alice.get(callback.location()).location(), "/whoami");
        assert_eq!(alice.get("/whoami").status, 200, "{what}");
    }
}

/// Entra counts loops (AADSTS50196), and is then not asked for a while.
#[test]
fn a_loop_that_entra_has_noticed_is_not_fed() {
    let (stack, mut alice) = at_expiry(&invalid_grant(50196, "", None));
    let asked = stack.count("token");
    for _ in 0..5 {
        let page = alice.get("/whoami");
        assert_eq!(page.status, 400);
        assert!(page.body.contains("No token for AKS"), "{}", page.body);
    }
    assert_eq!(stack.count("token"), asked + 1);
    stack.reset();
    stack.at(4600 + 61);
    assert_eq!(alice.get("/whoami").status, 200, "and then asked again");
}

/// A refusal of the proxy itself (its registration, its credential) signs nobody out.
#[test]
fn a_refusal_of_the_proxy_itself_signs_nobody_out() {
    for error in [
        json!({ "error": "invalid_client", "error_codes": [700213] }),
        json!({ "error": "unauthorized_client", "error_codes": [700016] }),
        json!({ "error": "invalid_resource", "error_codes": [500011] }),
    ] {
        let (stack, mut alice) = at_expiry(&error);
        let page = alice.get("/whoami");
        assert_eq!(page.status, 400, "{page:?}");
        assert!(!page.clears("proxy_session="));
        stack.reset();
        stack.at(4600 + 61);
        assert_eq!(alice.get("/whoami").status, 200, "{error}");
    }
}
