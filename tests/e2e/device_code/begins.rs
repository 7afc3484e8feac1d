//! When a code is requested, and when consent or a sign-in comes first.

use e2e::{Builder, DEVICE_CODE as PATH, kubelogin};
use serde_json::json;

use super::{has_ended, source, start};

#[test]
fn who_waits_for_an_administrator_chooses() {
    let Some(stack) = start(&[]) else { return };
    let mut carol = stack.browser().html();
    let callback = stack.begin(&mut carol, "carol", "/whoami");
    carol.get(&callback).location();
    for path in ["/whoami", "/login?rd=/whoami"] {
        let page = carol.get(path);
        assert_eq!(page.status, 400, "{page:?}");
        for way in [
            "href=\"/login?for=aks&amp;rd=%2Fwhoami\"",
            "action=\"/kubelogin/device-code?rd=%2Fwhoami\"",
            "href=\"/logout\"",
        ] {
            assert!(page.body.contains(way), "{path}: {}", page.body);
        }
        let told = carol.program().get(path);
        assert_eq!(
            told.problem(),
            (400, "consent-or-device-code".to_owned()),
            "{path}"
        );
        assert_eq!(told.json()["login"], "/login?for=aks&rd=%2Fwhoami");
        assert_eq!(
            told.json()["device_code"],
            "/kubelogin/device-code?rd=%2Fwhoami"
        );
    }
    assert_eq!(stack.count("devicecode"), 0, "nothing by itself");
    let again = carol.get("/login?for=aks&rd=/whoami");
    assert!(again.location().contains("/authorize"));
    let posted = carol.send("POST", "/kubelogin/device-code?rd=%2Fwhoami%3Fx", &[], "");
    assert_eq!((posted.status, posted.location()), (303, PATH));
    stack.enter(&carol.user_code(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami?x");
    let login = carol.get("/login");
    assert!(login.location().contains("/authorize"), "nothing is open");
}

#[test]
fn consent_that_only_an_administrator_gives_is_not_asked_for() {
    let Some(stack) = start(&[]) else { return };
    let error = json!({ "error": "invalid_grant", "suberror": "consent_required",
        "error_codes": [90094], "error_description": "AADSTS90094: Admin consent is required." });
    let fault = json!({ "at": "token", "kind": "error", "error": error,
        "scope_contains": "6dae42f8" });
    stack.control("faults", &fault);
    let mut carol = stack.browser().html();
    let there = stack.sign_in(&mut carol, "carol");
    assert_eq!(there.location(), PATH);
    assert!(there.sets("proxy_session"));
    stack.enter(&carol.user_code(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
}

#[test]
fn the_operator_says_what_comes_first() {
    let Some(stack) = start(&[("AKS_CONSENT", "kubelogin")]) else {
        return;
    };
    let mut bob = stack.browser().html();
    assert_eq!(stack.sign_in(&mut bob, "bob").location(), PATH);
    bob.user_code();

    let Some(stack) = start(&[("AKS_CONSENT", "ask")]) else {
        return;
    };
    let mut bob = stack.browser().html();
    let choice = stack.sign_in(&mut bob, "bob").location().to_owned();
    assert_eq!(choice, "/login?rd=%2Fwhoami");
    for path in [choice.as_str(), "/whoami"] {
        let page = bob.get(path);
        assert!(page.body.contains("Get a device code"), "{}", page.body);
        assert!(page.body.contains("/login?for=aks"), "{}", page.body);
    }
    let consent = bob.get("/login?for=aks&rd=/whoami");
    let callback = stack.at_entra(consent.location(), "bob", "accept");
    assert_eq!(bob.get(callback.location()).location(), "/whoami");
    assert_eq!(source(&bob), "entra");
    assert_eq!(stack.count("devicecode"), 0);
}

#[test]
fn a_stronger_sign_in_is_never_answered_with_a_device_code() {
    let Some(stack) = start(&[("AKS_CONSENT", "kubelogin")]) else {
        return;
    };
    let error = json!({ "error": "invalid_grant", "suberror": "basic_action",
        "error_codes": [50076], "error_description": "AADSTS50076: MFA." });
    let fault = json!({ "at": "token", "kind": "error", "error": error, "times": 0,
        "scope_contains": "6dae42f8" });
    stack.control("faults", &fault);
    let mut alice = stack.browser().html();
    let step_up = stack.sign_in(&mut alice, "alice");
    assert!(step_up.location().contains("/authorize"));
    let posted = alice.program().send("POST", PATH, &[], "");
    assert_eq!(posted.problem(), (400, "interaction-required".to_owned()));
    let callback = stack.at_entra(step_up.location(), "alice", "");
    assert_eq!(alice.get(callback.location()).status, 400);
    assert_eq!(alice.get("/whoami").status, 400);
    assert_eq!(stack.count("devicecode"), 0);
}

#[test]
fn at_its_end_the_silent_way_comes_first() {
    let Some(program_) = kubelogin() else { return };
    let stack = Builder::default().kubelogin(&program_).clock().start();
    let mut carol = stack.carol_at_a_device_code(stack.browser());
    stack.enter(&carol.user_code(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
    stack.at(3 * 3600);
    assert_eq!(
        carol.program().get("/whoami").problem().1,
        "device-code-required",
        "a program is not made to wait"
    );
    assert_eq!(carol.get("/whoami").location(), PATH, "a person is");
    stack.enter(&carol.user_code(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
    assert_eq!(source(&carol), "kubelogin");
    stack.control("consent", &json!({ "user": "carol", "granted": true }));
    stack.at(6 * 3600);
    assert_eq!(carol.get("/whoami").status, 200);
    assert_eq!(source(&carol), "entra", "an administrator has consented");
}

/// A sign-in returns from Entra's site and continues. A link from another site does not.
#[test]
fn a_link_from_another_site_starts_no_run() {
    let Some(program) = kubelogin() else { return };
    let builder = Builder::default().kubelogin(&program).clock();
    let stack = builder
        .setting("AKS_CONSENT", "kubelogin")
        .setting("SESSION_IDLE_TIMEOUT_SECONDS", "28800")
        .start();
    let from = |site| [("sec-fetch-site", site)];
    let mut carol = stack.browser().html();
    let callback = stack.begin(&mut carol, "carol", "/whoami");
    let there = carol.send("GET", &callback, &from("cross-site"), "");
    assert_eq!(there.location(), PATH);
    stack.enter(&carol.user_code(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
    let whoami = carol.send("GET", "/whoami", &from("cross-site"), "");
    assert_eq!(whoami.status, 200, "{whoami:?}");
    has_ended(&stack);

    stack.at(3 * 3600);
    let runs = stack.count("devicecode");
    let page = carol.send("GET", "/whoami", &from("cross-site"), "");
    assert_eq!(page.status, 400, "{page:?}");
    let button = "<form method=\"post\" action=\"/kubelogin/device-code?rd=%2Fwhoami\">";
    assert!(page.body.contains(button), "{}", page.body);
    assert_eq!(stack.runs().read_dir().unwrap().count(), 0);
    assert_eq!(stack.count("devicecode"), runs);
    let origin = [("origin", stack.origin.as_str())];
    assert_eq!(carol.send("POST", PATH, &origin, "").location(), PATH);
    carol.user_code();
    let again = carol.send("GET", "/whoami", &from("cross-site"), "");
    assert_eq!(again.location(), PATH, "a run that is there is shown");
    assert_eq!(stack.count("devicecode"), runs + 1);
}
