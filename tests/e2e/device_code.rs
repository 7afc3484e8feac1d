//! `/kubelogin/device-code`, with the real kubelogin: where consent for AKS cannot be had.

use e2e::{Browser, Builder, DEVICE_CODE as PATH, Stack, kubelogin};
use serde_json::{Value, json};

/// A stack with the real kubelogin and these settings, where there is one.
fn start(settings: &[(&str, &str)]) -> Option<Stack> {
    let builder = Builder::default().kubelogin(&kubelogin()?);
    let with = |builder: Builder, (name, value): &(&str, &str)| builder.setting(name, value);
    Some(settings.iter().fold(builder, with).start())
}

fn source(browser: &Browser) -> Value {
    browser.program().get("/whoami").json()["token"]["source"].clone()
}

fn has_ended(stack: &Stack) {
    while stack.runs().read_dir().unwrap().count() > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn carol_signs_in_with_nothing_but_a_browser_and_the_code() {
    let Some(stack) = start(&[]) else { return };
    let mut carol = stack.browser().html();
    let there = stack.without_consent(&mut carol, "carol", "/whoami?tab=2");
    assert_eq!(there.location(), PATH);
    let told = carol.pending();
    let code = told["user_code"].as_str().unwrap();
    let uri = told["verification_uri"].as_str().unwrap();
    assert!(uri.ends_with("/devicelogin"), "{told}");
    assert!(told["message"].as_str().unwrap().contains(code), "{told}");
    assert!(
        told["expires_at"].is_string() && told["interval"] == 2,
        "{told}"
    );
    let page = carol.get(PATH);
    assert_eq!(
        (page.status, page.header("cache-control")),
        (200, "no-store")
    );
    assert!(page.body.contains(code) && page.body.contains(uri));
    assert!(page.body.contains("carol@contoso.example"));
    stack.enter(code, "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami?tab=2");
    assert_eq!(
        carol.program().get(PATH).location(),
        "/whoami?tab=2",
        "and the other tab as well"
    );
    let whoami = carol.program().get("/whoami").json();
    assert_eq!(whoami["token"]["source"], "kubelogin");
    assert_eq!(whoami["token"]["scopes"], json!(["user.read"]));
    assert_eq!(whoami["claims"]["upn"], "carol@contoso.example");
    has_ended(&stack);
}

#[test]
fn a_strangers_approval_is_refused() {
    let Some(stack) = start(&[]) else { return };
    let mut carol = stack.carol_at_a_device_code(stack.browser());
    stack.enter(&carol.user_code(), "alice", true);
    assert_eq!(
        carol.outcome().problem(),
        (400, "another-users-device-code".to_owned())
    );
    has_ended(&stack);
    assert_eq!(
        carol.program().get(PATH).problem().1,
        "another-users-device-code",
        "whoever asks next is told the same"
    );
    assert_eq!(
        carol.program().get("/whoami").problem().1,
        "device-code-required",
        "nothing was kept"
    );
    let page = carol.get(PATH);
    assert_eq!(page.status, 400);
    assert!(page.body.contains("Get a device code"), "{}", page.body);
    assert_eq!(carol.send("POST", PATH, &[], "").location(), PATH);
    stack.enter(&carol.user_code(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
    assert_eq!(source(&carol), "kubelogin");
}

#[test]
fn who_declines_or_is_too_late_can_begin_anew() {
    let Some(stack) = start(&[]) else { return };
    let mut carol = stack.carol_at_a_device_code(stack.browser());
    stack.enter(&carol.user_code(), "carol", false);
    let declined = carol.outcome();
    assert_eq!(declined.problem(), (400, "device-code-declined".to_owned()));
    assert_eq!(
        declined.json()["device_code"],
        "/kubelogin/device-code?rd=%2Fwhoami"
    );
    stack.control("device-code", &json!({ "expires_in": 2 }));
    let started = carol.program().send("POST", PATH, &[], "");
    assert_eq!((started.status, started.header("location")), (202, PATH));
    assert_eq!(
        carol.outcome().problem(),
        (400, "device-code-expired".to_owned())
    );
    stack.control("device-code", &json!({ "expires_in": 900 }));
    assert_eq!(
        carol.get("/whoami").location(),
        PATH,
        "a visit begins anew as well"
    );
    stack.enter(&carol.user_code(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
}

#[test]
fn a_code_can_be_cancelled_and_only_by_its_own_session() {
    let Some(stack) = start(&[]) else { return };
    let carol = stack.carol_at_a_device_code(stack.browser());
    let mut program = carol.program();
    let first = carol.user_code();
    for (headers, status) in [
        (vec![("origin", "https://evil.example")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (
            vec![("origin", stack.origin.as_str()), ("origin", "null")],
            403,
        ),
    ] {
        for method in ["POST", "DELETE"] {
            let answer = program.send(method, PATH, &headers, "");
            assert_eq!(answer.status, status, "{method} {headers:?}");
        }
    }
    let mut alice = stack.signed_in("alice");
    assert_eq!(alice.get(PATH).location(), "/whoami", "she has a token");
    assert_eq!(alice.send("DELETE", PATH, &[], "").status, 204);
    let mut nobody = stack.browser();
    for method in ["GET", "POST", "DELETE"] {
        let answer = nobody.send(method, PATH, &[], "");
        assert_eq!(answer.problem(), (401, "no-session".to_owned()));
    }
    assert_eq!(carol.user_code(), first, "none of these touched it");
    let origin = [("origin", stack.origin.as_str())];
    assert_eq!(program.send("DELETE", PATH, &origin, "").status, 204);
    assert_eq!(
        program.get(PATH).problem(),
        (400, "no-device-code".to_owned())
    );
    has_ended(&stack);
    assert_eq!(program.send("PUT", PATH, &origin, "").status, 405);
}

#[test]
fn the_page_of_the_code_does_not_lead_to_itself() {
    let Some(stack) = start(&[]) else { return };
    let mut carol = stack.browser().html();
    let rd = "/kubelogin/device-code%3Fx";
    assert_eq!(
        stack.without_consent(&mut carol, "carol", rd).location(),
        PATH
    );
    stack.enter(&carol.user_code(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
    assert_eq!(carol.get(PATH).location(), "/whoami");
}

#[test]
fn two_tabs_share_one_code() {
    let Some(stack) = start(&[]) else { return };
    let mut carol = stack.carol_at_a_device_code(stack.browser());
    let first = carol.user_code();
    assert_eq!(carol.get("/whoami").location(), PATH);
    assert_eq!(carol.user_code(), first);
    assert_eq!(stack.count("devicecode"), 1);
    carol.send("POST", PATH, &[], "");
    assert_ne!(
        carol.user_code(),
        first,
        "but who asks for a new one gets it"
    );
}

#[test]
fn every_tab_goes_on_whoever_collects_the_token() {
    let Some(stack) = start(&[]) else { return };
    let carol = stack.carol_at_a_device_code(stack.browser());
    stack.enter(&carol.user_code(), "carol", true);
    let tabs: Vec<_> = (0..8)
        .map(|_| carol.clone())
        .map(|tab| std::thread::spawn(move || tab.outcome()))
        .collect();
    for tab in tabs {
        assert_eq!(tab.join().unwrap().location(), "/whoami");
    }
}

#[test]
fn a_sign_out_ends_the_run() {
    let Some(stack) = start(&[]) else { return };
    for (form, everywhere) in [("", false), ("everywhere=1", true)] {
        let waiting = stack.carol_at_a_device_code(stack.browser());
        waiting.user_code();
        let mut asking = if everywhere {
            // Another browser, which knows nothing of the first one's records.
            let mut other = stack.browser().html();
            stack.without_consent(&mut other, "carol", "/whoami");
            other.user_code();
            other
        } else {
            waiting.clone()
        };
        let answer = asking.send("POST", "/logout", &[], form);
        assert_eq!(answer.status, 200, "{answer:?}");
        has_ended(&stack);
        assert_eq!(
            waiting.program().get(PATH).problem().1,
            "no-session",
            "{form}"
        );
    }
}

#[test]
fn entra_ends_the_run_as_well() {
    let Some(stack) = start(&[]) else { return };
    let sid = json!({ "claims": { "sid": "the-sid" } });
    let mut carol = stack.browser().html();
    let login = carol.get("/login");
    stack.control("id-token", &sid);
    let callback = stack.at_entra(login.location(), "carol", "");
    let consent = carol.get(callback.location());
    let callback = stack.at_entra(consent.location(), "carol", "return");
    assert_eq!(carol.get(callback.location()).location(), PATH);
    carol.user_code();
    let mut entra = stack.browser();
    let answer = entra.get("/logout/front-channel?sid=the-sid");
    assert_eq!(answer.status, 200);
    has_ended(&stack);
    assert_eq!(carol.program().get(PATH).problem().1, "no-session");
}

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

/// A sign-in comes from Entra's site, and goes on by itself. A stranger's link does not.
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

/// Starting and cancelling again and again starts one process in an interval, on whichever replica.
#[test]
fn who_asks_again_too_soon_keeps_the_code_and_is_told_how_long_to_wait() {
    let Some(stack) = start(&[("KUBELOGIN_MIN_INTERVAL_SECONDS", "3600")]) else {
        return;
    };
    let mut carol = stack.carol_at_a_device_code(stack.browser());
    let code = carol.user_code();
    let mut program = carol.program();
    let told = program.send("POST", PATH, &[], "");
    assert_eq!(told.problem(), (429, "device-code-too-soon".to_owned()));
    let wait: u64 = told.header("retry-after").parse().unwrap();
    assert!((3000..=3600).contains(&wait), "{wait}");
    let detail = told.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains(&format!("in {wait} seconds")), "{detail}");
    let shown = carol.send("POST", PATH, &[], "");
    assert_eq!((shown.status, shown.location()), (303, PATH));
    assert_eq!(carol.user_code(), code, "the code that there is stays");
    for _ in 0..3 {
        assert_eq!(carol.send("DELETE", PATH, &[], "").status, 204);
        let page = carol.send("POST", PATH, &[], "");
        assert_eq!(page.status, 429, "{page:?}");
        assert!(page.body.contains("You can ask for the next one in"));
        assert!(page.body.contains("Get a device code"), "{}", page.body);
        assert_eq!(carol.get("/whoami").status, 429, "nor by a visit");
    }
    assert_eq!(stack.count("devicecode"), 1);
    has_ended(&stack);
}
