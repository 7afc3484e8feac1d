//! The operator's rules of admission, at the sign-in and at each refresh.

use std::thread;

use e2e::{Browser, Builder, Response, Stack};
use serde_json::{Value, json};

const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
/// Everybody is in the first group, only alice in the second; erin is in 250, with this one last.
const EVERYBODY: &str = "6700d000-0000-4000-8000-000000000001";
const PLATFORM: &str = "6700d000-0000-4000-8000-000000000002";
const ERINS_LAST: &str = "6700d000-0000-4000-8000-000000000349";

fn with(rules: &[(&str, &str)]) -> Stack {
    let builder = rules
        .iter()
        .fold(Builder::default(), |builder, (name, value)| {
            builder.setting(name, value)
        });
    builder.start()
}

fn refused(response: &Response, rule: &str) {
    assert_eq!(
        response.problem(),
        (403, "not-admitted".to_owned()),
        "{response:?}"
    );
    assert_eq!(response.json()["rule"], rule);
    assert_eq!(response.json()["login"], "/login?rd=%2Fwhoami");
    assert!(!response.sets("proxy_session"), "{response:?}");
}

fn sign_in(stack: &Stack, user: &str) -> Response {
    stack.sign_in(&mut stack.browser(), user)
}

fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/whoami").status == 200
}

#[test]
fn each_rule_admits_whom_it_names_and_nobody_else() {
    for (rule, value) in [
        ("ALLOWED_USERS", ALICE),
        ("ALLOWED_USERS", "ALICE@contoso.example"),
        ("ALLOWED_ROLES", "admin cluster-user"),
        ("ALLOWED_GROUPS", PLATFORM),
    ] {
        let stack = with(&[(rule, value)]);
        assert!(is_signed_in(&mut stack.signed_in("alice")), "{rule}");
        for user in ["bob", "dave"] {
            refused(&sign_in(&stack, user), rule);
        }
        assert_eq!(stack.count("token"), 4, "who is refused gets no AKS token");
    }
}

/// Dave's home tenant claims alice's address. He still gets nothing of hers.
#[test]
fn dave_gets_nothing_of_alices() {
    let stack = with(&[("ALLOWED_USERS", "alice@contoso.example")]);
    for claims in [
        json!({}),
        json!({ "preferred_username": "alice@contoso.example" }),
        json!({ "preferred_username": "alice@contoso.example", "upn": null }),
        json!({ "upn": "alice@contoso.example" }),
        json!({ "xms_edov": true }),
        json!({ "name": "alice@contoso.example", "unique_name": "alice@contoso.example" }),
    ] {
        stack.control("id-token", &json!({ "claims": claims }));
        refused(&sign_in(&stack, "dave"), "ALLOWED_USERS");
    }
    let open = Stack::start();
    let mut alice = open.signed_in("alice");
    let mut dave = open.signed_in("dave");
    let user = |browser: &mut Browser| browser.get("/whoami").json()["user"].clone();
    assert_eq!(user(&mut alice)["email"], "alice@contoso.example");
    assert_eq!(user(&mut dave)["email"], Value::Null);
    let out = dave.send("POST", "/logout?everywhere=1", &[], "everywhere=1");
    assert_eq!(out.status, 200);
    assert!(
        is_signed_in(&mut alice),
        "his sign-out everywhere is his own"
    );
}

#[test]
fn a_person_gets_a_page_that_names_the_rule_and_offers_another_account() {
    let stack = with(&[("ALLOWED_GROUPS", PLATFORM)]);
    let mut bob = stack.browser().html();
    let page = stack.sign_in(&mut bob, "bob");
    assert_eq!(page.status, 403);
    for part in [
        "bob@contoso.example",
        "members of certain groups (ALLOWED_GROUPS)",
        "Use another account",
        "/login?rd=%2Fwhoami",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(
        !page.body.contains(PLATFORM),
        "what the rule admits is nobody's business"
    );
    let line: Value = serde_json::from_str(&stack.proxy.line("not-admitted")).unwrap();
    assert_eq!(line["event"], "refusal");
    assert_eq!(line["detail"], "ALLOWED_GROUPS");
    assert_eq!(line["oid"], "b0b00000-0000-4000-8000-000000000002");
    stack.sign_in(&mut bob, "alice");
    assert!(is_signed_in(&mut bob), "with another account");
}

#[test]
fn erin_is_in_more_groups_than_a_token_names() {
    let stack = with(&[("ALLOWED_GROUPS", ERINS_LAST)]);
    assert!(is_signed_in(&mut stack.signed_in("erin")));
    assert_eq!(stack.count("graph"), 3, "page by page");
    assert!(is_signed_in(&mut stack.signed_in("erin")));
    assert_eq!(stack.count("graph"), 3, "and kept for a while");
    refused(&sign_in(&stack, "alice"), "ALLOWED_GROUPS");
    assert_eq!(stack.count("graph"), 3, "alice's token names her groups");
    let other = with(&[("ALLOWED_GROUPS", PLATFORM)]);
    refused(&sign_in(&other, "erin"), "ALLOWED_GROUPS");
}

#[test]
fn without_graph_nobody_knows_and_nobody_is_refused() {
    let stack = with(&[("ALLOWED_GROUPS", EVERYBODY)]);
    let faults = [
        json!({ "at": "graph", "kind": "status", "status": 500 }),
        json!({ "at": "graph", "kind": "status", "status": 403, "body": "{}" }),
        json!({ "at": "graph", "kind": "status", "status": 200, "body": "<html>" }),
        json!({ "at": "graph", "kind": "close" }),
        json!({ "at": "graph", "kind": "endless" }),
        json!({ "at": "token", "kind": "error", "scope_contains": "User.Read",
            "error": { "error": "invalid_grant", "suberror": "consent_required", "error_codes": [65001] } }),
    ];
    for mut fault in faults {
        fault["times"] = json!(0);
        stack.control("faults", &fault);
        let response = sign_in(&stack, "erin");
        assert_eq!(
            response.problem(),
            (503, "graph-unavailable".to_owned()),
            "{fault}"
        );
        assert!(!response.header("retry-after").is_empty());
        assert!(!response.sets("proxy_session"));
        stack.reset();
    }
    assert!(is_signed_in(&mut stack.signed_in("erin")));
}

/// Each refresh checks the rules again. A user who is no longer admitted is signed out, on every handle.
#[test]
fn who_loses_the_group_is_signed_out_at_the_next_refresh() {
    for user in ["alice", "erin"] {
        let stack = Builder::default()
            .clock()
            .setting("ALLOWED_GROUPS", EVERYBODY);
        let stack = stack.start();
        let mut browser = stack.signed_in(user);
        let mut other_tab = browser.clone();
        stack.at(4300);
        assert!(is_signed_in(&mut browser), "refreshed, and still admitted");
        stack.control("groups", &json!({ "user": user, "groups": [PLATFORM] }));
        assert!(is_signed_in(&mut browser), "until the next refresh");
        stack.at(2 * 4300);
        let response = browser.get("/whoami");
        refused(&response, "ALLOWED_GROUPS");
        assert_eq!(other_tab.get("/whoami").problem().0, 401);
        assert_eq!(browser.get("/whoami").problem().0, 401);
        refused(&stack.sign_in(&mut browser, user), "ALLOWED_GROUPS");
    }
}

/// A refresh without Graph's answer changes nothing while the old token is valid.
#[test]
fn graph_away_at_a_refresh_ends_no_session() {
    let builder = Builder::default().clock();
    let stack = builder.setting("ALLOWED_GROUPS", EVERYBODY).start();
    let mut erin = stack.signed_in("erin");
    let down = json!({ "at": "graph", "kind": "status", "status": 503, "times": 0 });
    stack.control("faults", &down);
    stack.at(4300);
    assert!(is_signed_in(&mut erin), "the old token lives");
    stack.at(4600);
    let away = erin.get("/whoami");
    assert_eq!(away.problem(), (503, "graph-unavailable".to_owned()));
    stack.reset();
    stack.at(4700);
    assert!(is_signed_in(&mut erin));
}

/// The same for an ID token that cannot be verified.
#[test]
fn a_refresh_believes_no_id_token_that_it_cannot_verify() {
    let builder = Builder::default().clock();
    let stack = builder.setting("ALLOWED_ROLES", "cluster-user").start();
    let mut alice = stack.signed_in("alice");
    let mut now = 0;
    for mutation in [
        json!({ "broken_signature": true }),
        json!({ "alg": "none" }),
        json!({ "claims": { "oid": "b0b00000-0000-4000-8000-000000000002" } }),
        json!({ "claims": { "aud": "other" } }),
        json!({ "claims": { "exp": 1 } }),
    ] {
        let mut always = mutation.clone();
        always["times"] = json!(0);
        stack.control("id-token", &always);
        now += 4600;
        stack.at(now);
        let refused = alice.get("/whoami");
        assert_eq!(
            refused.problem(),
            (400, "unusable-aks-token".to_owned()),
            "{mutation}"
        );
        stack.reset();
        now += 70;
        stack.at(now);
        assert!(is_signed_in(&mut alice), "{mutation}");
    }
}

/// A refused sign-in ends this user's previous session in this browser.
#[test]
fn who_is_refused_keeps_no_session_from_before() {
    let stack = with(&[("ALLOWED_GROUPS", EVERYBODY)]);
    let mut bob = stack.signed_in("bob");
    let mut alice = stack.signed_in("alice");
    for user in ["alice", "bob"] {
        stack.control("groups", &json!({ "user": user, "groups": [] }));
    }
    refused(&stack.sign_in(&mut alice, "alice"), "ALLOWED_GROUPS");
    assert_eq!(alice.get("/whoami").problem().0, 401);
    refused(&stack.sign_in(&mut bob, "alice"), "ALLOWED_GROUPS");
    assert_ne!(
        bob.get("/whoami").status,
        401,
        "another's refusal ends nothing"
    );
}

/// Of many simultaneous requests, none gets a token of a user who was just refused.
#[test]
fn whoever_asks_at_once_gets_nothing_either() {
    let builder = Builder::default().clock();
    let stack = builder.setting("ALLOWED_GROUPS", EVERYBODY).start();
    let alice = stack.signed_in("alice");
    stack.control("groups", &json!({ "user": "alice", "groups": [] }));
    stack.at(4600);
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let mut browser = alice.clone();
            thread::spawn(move || browser.get("/whoami").status)
        })
        .collect();
    let mut statuses: Vec<u16> = asked.into_iter().map(|it| it.join().unwrap()).collect();
    statuses.sort_unstable();
    assert!(
        statuses.iter().all(|status| [401, 403].contains(status)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&403), "one is told why");
}

/// The consent's callback brings an ID token too.
#[test]
fn who_loses_the_group_while_consenting_is_signed_out() {
    let stack = with(&[("ALLOWED_GROUPS", EVERYBODY)]);
    let mut bob = stack.browser();
    let consent = stack.sign_in(&mut bob, "bob");
    assert!(consent.sets("proxy_session"));
    stack.control("groups", &json!({ "user": "bob", "groups": [] }));
    let callback = stack.at_entra(consent.location(), "bob", "accept");
    refused(&bob.get(callback.location()), "ALLOWED_GROUPS");
    assert_eq!(bob.get("/whoami").problem().0, 401);
}
