//! The number of runs, their owners, and their ends.

use e2e::DEVICE_CODE as PATH;
use serde_json::json;

use super::{has_ended, start};

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
fn a_sign_out_ends_the_run() {
    let Some(stack) = start(&[]) else { return };
    for (form, everywhere) in [("", false), ("everywhere=1", true)] {
        let waiting = stack.carol_at_a_device_code(stack.browser());
        waiting.user_code();
        let mut asking = if everywhere {
            // Another browser, without access to the first one's records.
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

/// Repeated starts and cancellations start one process per interval, on all replicas together.
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
