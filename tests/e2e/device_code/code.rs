//! A user with a code, from the page that shows it to the token.

use e2e::DEVICE_CODE as PATH;
use serde_json::json;

use super::{has_ended, source, start};

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
