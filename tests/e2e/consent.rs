//! The further needs of the AKS token: consent, and a stronger sign-in.

use e2e::{Browser, Response, Stack};
use serde_json::json;
use url::Url;

fn query(address: &str, name: &str) -> Option<String> {
    let address = Url::parse(address).unwrap();
    address
        .query_pairs()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.into_owned())
}

/// Signs `user` in up to the redirect for the AKS token.
fn up_to_consent(stack: &Stack, browser: &mut Browser, user: &str) -> Response {
    let response = stack.sign_in(browser, user);
    assert!(
        response.sets("proxy_session"),
        "the session exists before the redirect"
    );
    let address = response.location();
    assert!(query(address, "scope").unwrap().contains("/.default"));
    assert_eq!(query(address, "prompt"), None);
    assert_eq!(
        query(address, "login_hint").as_deref(),
        Some(format!("O.{user}").as_str())
    );
    assert_eq!(
        query(address, "code_challenge_method").as_deref(),
        Some("S256")
    );
    response
}

#[test]
fn bob_consents_and_comes_back_to_the_same_place() {
    let stack = Stack::start();
    let mut bob = stack.browser().html();
    let response = up_to_consent(&stack, &mut bob, "bob");
    let callback = stack
        .at_entra(response.location(), "bob", "accept")
        .location()
        .to_owned();
    assert_eq!(bob.get(&callback).location(), "/whoami");
    assert_eq!(
        bob.get(&callback).location(),
        "/whoami",
        "and when it is loaded again"
    );
    assert_eq!(
        bob.program().get("/whoami").json()["claims"]["upn"],
        "bob@contoso.example"
    );
    assert!(!bob.cookies.keys().any(|name| name.contains("attempt")));
}

#[test]
fn who_declines_is_told_and_not_sent_in_circles() {
    let stack = Stack::start();
    for (user, decision) in [("bob", "cancel"), ("carol", "return")] {
        let mut browser = stack.browser().html();
        let response = up_to_consent(&stack, &mut browser, user);
        let callback = stack
            .at_entra(response.location(), user, decision)
            .location()
            .to_owned();
        let refused = browser.get(&callback);
        assert_eq!(refused.status, 400);
        assert!(
            refused.body.contains("No token for AKS"),
            "{}",
            refused.body
        );
        assert!(refused.body.contains("/login?for=aks"), "{}", refused.body);
        let asked = stack.count("token");
        for _ in 0..2 {
            let whoami = browser.get("/whoami");
            assert_eq!(whoami.status, 400, "no redirect: {whoami:?}");
            assert!(whoami.body.contains("/login?for=aks"));
        }
        assert_eq!(
            stack.count("token"),
            asked,
            "Entra is not asked again and again"
        );
        assert_eq!(
            browser.get(&callback).status,
            400,
            "loaded again it says the same"
        );
    }
}

#[test]
fn who_changes_their_mind_can_ask_again() {
    let stack = Stack::start();
    let mut bob = stack.browser().html();
    let response = up_to_consent(&stack, &mut bob, "bob");
    let callback = stack
        .at_entra(response.location(), "bob", "cancel")
        .location()
        .to_owned();
    assert_eq!(bob.get(&callback).status, 400);
    let again = bob.get("/login?for=aks&rd=/whoami");
    let callback = stack
        .at_entra(again.location(), "bob", "accept")
        .location()
        .to_owned();
    assert_eq!(bob.get(&callback).location(), "/whoami");
    assert_eq!(bob.get("/whoami").status, 200);
}

#[test]
fn who_never_comes_back_is_signed_in_and_can_go_on() {
    let stack = Stack::start();
    let mut carol = stack.browser().html();
    up_to_consent(&stack, &mut carol, "carol");
    let whoami = carol.get("/whoami");
    assert_eq!(whoami.status, 400);
    assert!(
        whoami.body.contains("has not answered yet"),
        "{}",
        whoami.body
    );
    let program = carol.clone().send("GET", "/whoami", &[], "");
    assert_eq!(program.status, 400);
}

#[test]
fn another_account_cannot_lend_its_token() {
    let stack = Stack::start();
    let mut bob = stack.browser();
    let response = up_to_consent(&stack, &mut bob, "bob");
    let callback = stack
        .at_entra(response.location(), "alice", "")
        .location()
        .to_owned();
    assert_eq!(
        bob.get(&callback).problem(),
        (400, "another-user".to_owned())
    );
    let whoami = bob.get("/whoami");
    assert_eq!(whoami.problem().1, "interaction-open");
    assert!(!whoami.body.contains("alice"));
}

#[test]
fn consent_without_a_session_gives_nothing() {
    let stack = Stack::start();
    let mut bob = stack.browser();
    let response = up_to_consent(&stack, &mut bob, "bob");
    let callback = stack
        .at_entra(response.location(), "bob", "accept")
        .location()
        .to_owned();
    bob.cookies.remove("proxy_session");
    assert_eq!(bob.get(&callback).problem(), (401, "no-session".to_owned()));
}

/// A refusal of the AKS token with a claims challenge, once.
fn challenge(stack: &Stack) {
    let error = json!({
        "error": "interaction_required", "suberror": "basic_action", "error_codes": [50076],
        "error_description": "AADSTS50076: Due to a configuration change ... MFA.",
        "claims": "{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"x\"]}}}",
    });
    let fault =
        json!({ "at": "token", "kind": "error", "error": error, "scope_contains": "6dae42f8" });
    stack.control("faults", &fault);
}

#[test]
fn a_stronger_sign_in_carries_entras_challenge() {
    let stack = Stack::start();
    challenge(&stack);
    let mut alice = stack.browser().html();
    let response = up_to_consent(&stack, &mut alice, "alice");
    assert!(
        query(response.location(), "claims")
            .unwrap()
            .contains("capolids")
    );
    let callback = stack
        .at_entra(response.location(), "alice", "")
        .location()
        .to_owned();
    assert_eq!(alice.get(&callback).location(), "/whoami");
    assert_eq!(alice.get("/whoami").status, 200);
}

#[test]
fn a_program_is_told_what_a_person_would_be_sent_for() {
    let stack = Stack::with_clock();
    let mut alice = stack.signed_in("alice");
    stack.at(4600);
    challenge(&stack);
    let program = alice.get("/whoami");
    assert_eq!(program.problem(), (400, "interaction-required".to_owned()));
    assert_eq!(program.json()["entra"]["suberror"], "basic_action");
    assert_eq!(program.json()["entra"].get("claims"), None);
    assert_eq!(program.json()["login"], "/login?for=aks&rd=%2Fwhoami");
    let asked = stack.count("token");
    for _ in 0..5 {
        let again = alice.get("/whoami");
        assert_eq!(again.problem(), (400, "interaction-required".to_owned()));
    }
    assert_eq!(stack.count("token"), asked, "Entra counts loops");
    let redirect = alice.get("/login?for=aks");
    let claims = query(redirect.location(), "claims").unwrap();
    assert!(claims.contains("capolids"), "the challenge goes along");
    stack.at(4600 + 61);
    assert_eq!(alice.get("/whoami").status, 200, "it was made once");
}

#[test]
fn withdrawn_consent_leads_to_a_redirect_once() {
    let stack = Stack::with_clock();
    let mut alice = stack.signed_in("alice").html();
    stack.at(4600);
    stack.control("consent", &json!({ "user": "alice", "granted": false }));
    let redirect = alice.get("/whoami");
    assert!(
        query(redirect.location(), "scope")
            .unwrap()
            .contains("6dae42f8")
    );
    assert_eq!(
        alice.get("/whoami").status,
        400,
        "not a second time by itself"
    );
}

#[test]
fn a_dead_refresh_token_leads_to_a_new_sign_in() {
    let stack = Stack::with_clock();
    let mut alice = stack.signed_in("alice");
    stack.at(4600);
    let error =
        json!({ "error": "invalid_grant", "suberror": "bad_token", "error_codes": [70000] });
    stack.control(
        "faults",
        &json!({ "at": "token", "kind": "error", "error": error }),
    );
    assert_eq!(
        alice.get("/whoami").problem(),
        (401, "no-session".to_owned())
    );
    let asked = stack.count("token");
    assert_eq!(
        alice.clone().html().get("/whoami").location(),
        "/login?rd=%2Fwhoami"
    );
    assert_eq!(
        stack.count("token"),
        asked,
        "the dead token is not used again"
    );
    assert_eq!(stack.sign_in(&mut alice, "alice").status, 302);
    assert_eq!(alice.get("/whoami").status, 200);
}
