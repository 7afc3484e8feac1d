//! Entra does not know the proxy's federated credential: not yet, or because it does not match.

use e2e::{Browser, Response, Stack};
use serde_json::json;

/// The attempt continues, and may be repeated after so many seconds.
fn kept(response: &Response, seconds: &str) {
    let kind = (503, "credential-unknown".to_owned());
    assert_eq!(response.problem(), kind, "{response:?}");
    assert_eq!(response.header("retry-after"), seconds);
    assert!(!response.clears("proxy_session"), "{response:?}");
}

fn attempts(browser: &Browser) -> usize {
    let names = browser.cookies.keys();
    names.filter(|name| name.contains("attempt")).count()
}

/// The simulator checks the client before the code, as Entra does: the code remains valid for another try.
#[test]
fn a_sign_in_outlasts_the_minutes_until_entra_knows_the_credential() {
    let stack = Stack::with_clock();
    let mut alice = stack.browser();
    let callback = stack.begin(&mut alice, "alice", "/whoami");
    let another = json!({ "sub": "system:serviceaccount:another:another" });
    stack.control("federated-token", &another);
    let told = alice.get(&callback);
    kept(&told, "15");
    assert_eq!(told.json()["entra"]["codes"], json!([700_213]));
    let fault = stack.proxy.line_with(&["\"fault\"", "credential-unknown"]);
    assert!(fault.contains("700213"), "{fault}");

    let asked = stack.count("token");
    let mut page = alice.clone().html();
    let shown = page.get(&callback);
    assert_eq!(shown.status, 503);
    assert!(shown.body.contains("does not know this proxy yet"));
    // The remaining seconds: the clock runs on meanwhile.
    let (_, rest) = shown.body.split_once("reload this page in ").unwrap();
    let seconds: u64 = rest.split(' ').next().unwrap().parse().unwrap();
    assert!((1..=15).contains(&seconds), "{}", shown.body);
    assert_eq!(stack.count("token"), asked, "it is too early");

    // The credential is known, and the same page leads to the session.
    stack.at(16);
    assert_eq!(alice.get(&callback).location(), "/whoami");
    assert_eq!(alice.get("/whoami").status, 200);
    assert_eq!(attempts(&alice), 0);
}

#[test]
fn after_a_few_tries_it_is_the_registration_that_is_wrong() {
    let stack = Stack::with_clock();
    let mut later = 0;
    for (code, said) in [
        (700_211, "issuer"),
        (700_212, "audience"),
        (700_213, "subject"),
        (7_000_272, "issuer, subject and audience"),
    ] {
        let error = json!({ "error": "invalid_client", "error_codes": [code] });
        let fault =
            json!({ "at": "token", "kind": "error", "status": 401, "error": error, "times": 0 });
        stack.control("faults", &fault);
        let mut alice = stack.browser();
        let callback = stack.begin(&mut alice, "alice", "/whoami");
        for seconds in ["15", "30", "60", "120"] {
            kept(&alice.get(&callback), seconds);
            later += seconds.parse::<i64>().unwrap();
            stack.at(later);
        }
        let told = alice.get(&callback);
        assert_eq!(told.problem(), (400, "sign-in-refused".to_owned()));
        let detail = told.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(said), "{code}: {detail}");
        assert_eq!(attempts(&alice), 0);
        stack.reset();
    }
}

#[test]
fn consent_outlasts_them_as_well() {
    let stack = Stack::with_clock();
    let mut bob = stack.browser();
    let consent = stack.sign_in(&mut bob, "bob");
    let callback = stack.at_entra(consent.location(), "bob", "accept");
    let callback = callback.location().to_owned();
    let error = json!({ "error": "invalid_client", "error_codes": [70021] });
    let fault = json!({ "at": "token", "kind": "error", "status": 401, "error": error });
    stack.control("faults", &fault);
    kept(&bob.get(&callback), "15");
    stack.at(16);
    assert_eq!(bob.get(&callback).location(), "/whoami");
    assert_eq!(bob.get("/whoami").status, 200);
}
