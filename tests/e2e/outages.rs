//! Outages are temporary: 503 with Retry-After, and nobody is signed out.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use e2e::{Builder, Response, Stack};
use serde_json::{Value, json};

pub(crate) fn away(response: &Response, kind: &str) {
    assert_eq!(response.problem(), (503, kind.to_owned()), "{response:?}");
    assert!(response.header("retry-after").parse::<u64>().unwrap() > 0);
    assert!(!response.clears("proxy_session="), "nobody is signed out");
}

pub(crate) fn html_error() -> Value {
    json!({ "at": "token", "kind": "status", "status": 500, "body": "<html>Oops</html>", "times": 0 })
}

#[test]
fn the_store_is_down() {
    let stack = Stack::start();
    let mut alice = stack.signed_in("alice");
    let mut bob = stack.browser();
    let callback = stack.begin(&mut bob, "alice", "/whoami");
    let store = stack.store();
    store.break_down();
    away(&alice.get("/whoami"), "store-unavailable");
    away(&alice.send("POST", "/logout", &[], ""), "store-unavailable");
    let response = bob.get(&callback);
    away(&response, "store-unavailable");
    assert!(
        !response.clears("proxy_session_attempt_"),
        "the attempt is kept"
    );
    assert_eq!(alice.clone().get("/healthz").status, 200);
    assert!(
        !alice.get("/whoami").body.contains("SQL"),
        "nothing internal leaks"
    );
    store.repair();
    assert_eq!(alice.get("/whoami").status, 200);
    assert_eq!(bob.get(&callback).status, 302);
}

/// A sidecar with given answers.
struct Sidecar {
    address: String,
    answer: Arc<Mutex<String>>,
}

impl Sidecar {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new(String::new()));
        let shared = answer.clone();
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                Self::respond(stream.unwrap(), &shared.lock().unwrap());
            }
        });
        Self { address, answer }
    }

    fn respond(mut stream: TcpStream, answer: &str) {
        let mut request = [0; 4096];
        // Some of these clients disconnect early.
        let _ = stream.read(&mut request);
        let _ = stream.write_all(answer.as_bytes());
    }

    fn answers(&self, status: &str, body: &str) {
        let length = body.len();
        *self.answer.lock().unwrap() = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
    }
}

#[test]
fn the_sidecar_is_down_or_talks_nonsense_and_a_reload_works_later() {
    let sidecar = Sidecar::start();
    let stack = Builder::default()
        .setting("SIDECAR_URL", &format!("{}/", sidecar.address))
        .setting("SIDECAR_TOKEN", "0123456789abcdef0123456789abcdef")
        .start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    let nonsense = [
        ("401 Unauthorized", "{}"),
        ("503 Service Unavailable", "{}"),
        ("200 OK", ""),
        ("200 OK", "<html>"),
        ("200 OK", "{\"token\":7}"),
        ("200 OK", "{\"token\":\"not a token\"}"),
        ("302 Found", "{}"),
    ];
    for (status, body) in nonsense {
        sidecar.answers(status, body);
        let response = browser.get(&callback);
        away(&response, "sidecar-unavailable");
        assert!(
            !response.clears("proxy_session_attempt_"),
            "{status} {body}"
        );
    }
    sidecar.answer.lock().unwrap().clear();
    away(&browser.get(&callback), "sidecar-unavailable");
    assert_eq!(stack.count("token"), 0);
    let token = std::fs::read_to_string(stack.entra["federated_token_file"].as_str().unwrap());
    sidecar.answers(
        "200 OK",
        &json!({ "token": token.unwrap(), "expires_at": 0 }).to_string(),
    );
    assert_eq!(browser.get(&callback).status, 302);
}

#[test]
fn entras_keys_are_away_and_a_reload_works_later() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    for fault in [
        json!({ "at": "keys", "kind": "status", "status": 500, "body": "<html>", "times": 0 }),
        json!({ "at": "keys", "kind": "status", "status": 200, "body": "<html>", "times": 0 }),
        json!({ "at": "keys", "kind": "close", "times": 0 }),
        json!({ "at": "discovery", "kind": "endless", "times": 0 }),
        json!({ "at": "discovery", "kind": "status", "status": 404, "times": 0 }),
    ] {
        stack.control("faults", &fault);
        let response = browser.get(&callback);
        away(&response, "entra-unavailable");
        assert!(!response.clears("proxy_session_attempt_"), "{fault}");
        stack.reset();
    }
    assert_eq!(stack.count("token"), 0);
    assert_eq!(browser.get(&callback).status, 302);
}

#[test]
fn entra_fails_after_the_attempt_was_spent() {
    let stack = Stack::start();
    for fault in [
        html_error(),
        json!({ "at": "token", "kind": "close", "times": 0 }),
        json!({ "at": "token", "kind": "endless", "times": 0 }),
        json!({ "at": "token", "kind": "status", "status": 200, "body": "no tokens", "times": 0 }),
        json!({ "at": "token", "kind": "status", "status": 400, "body": "no error", "times": 0 }),
        json!({ "at": "token", "kind": "error", "error": { "error": "temporarily_unavailable" }, "times": 0 }),
    ] {
        stack.control("faults", &fault);
        let mut browser = stack.browser();
        let response = stack.sign_in(&mut browser, "alice");
        away(&response, "entra-unavailable");
        assert!(response.clears("proxy_session_attempt_"), "{fault}");
        assert!(
            response.json()["detail"]
                .as_str()
                .unwrap()
                .contains("/login")
        );
        stack.reset();
    }
}

#[test]
fn throttling_is_passed_on_with_entras_own_time() {
    let stack = Stack::start();
    let throttled = json!({
        "at": "token", "kind": "status", "status": 429, "headers": { "retry-after": "77" }, "times": 0,
    });
    stack.control("faults", &throttled);
    let response = stack.sign_in(&mut stack.browser(), "alice");
    assert_eq!(response.header("retry-after"), "77");
    assert_eq!(stack.count("token"), 1, "it is not asked again before that");
}

#[test]
fn one_failure_is_made_good_by_asking_again() {
    let stack = Stack::start();
    for fault in [
        json!({ "at": "token", "kind": "status", "status": 503 }),
        json!({ "at": "token", "kind": "status", "status": 429, "headers": { "retry-after": "1" } }),
        json!({ "at": "token", "kind": "close", "grant_type": "refresh_token" }),
    ] {
        stack.control("faults", &fault);
        assert_eq!(
            stack.sign_in(&mut stack.browser(), "alice").status,
            302,
            "{fault}"
        );
    }
}

/// Entra may have accepted it, and a code that is sent twice looks stolen.
#[test]
fn a_code_whose_answer_was_lost_is_not_sent_again() {
    let stack = Stack::start();
    let lost =
        json!({ "at": "token", "kind": "close", "grant_type": "authorization_code", "times": 0 });
    stack.control("faults", &lost);
    away(
        &stack.sign_in(&mut stack.browser(), "alice"),
        "entra-unavailable",
    );
    assert_eq!(stack.count("token"), 1);
}

#[test]
fn a_slow_entra_is_given_up() {
    let stack = Stack::start();
    stack.control(
        "faults",
        &json!({ "at": "token", "kind": "delay", "delay_ms": 60_000, "times": 0 }),
    );
    away(
        &stack.sign_in(&mut stack.browser(), "alice"),
        "entra-unavailable",
    );
}

#[test]
fn an_aks_token_that_is_away_at_sign_in_is_fetched_later() {
    let stack = Stack::with_clock();
    let fault = json!({
        "at": "token", "kind": "status", "status": 503, "scope_contains": "6dae42f8", "times": 0,
    });
    stack.control("faults", &fault);
    let mut alice = stack.signed_in("alice");
    away(&alice.get("/whoami"), "entra-unavailable");
    stack.reset();
    stack.at(11);
    assert_eq!(alice.get("/whoami").status, 200);
}

#[test]
fn an_aks_token_of_somebody_else_is_not_kept() {
    let stack = Stack::start();
    for claims in [
        json!({ "oid": "b0b00000-0000-4000-8000-000000000002" }),
        json!({ "tid": "99999999-0000-4000-8000-000000000001" }),
        json!({ "aud": "00000003-0000-0000-c000-000000000000" }),
        json!({ "oid": null }),
    ] {
        stack.control("aks-token", &json!({ "claims": claims, "times": 2 }));
        let mut alice = stack.signed_in("alice");
        assert_eq!(
            alice.get("/whoami").problem(),
            (400, "unusable-aks-token".to_owned()),
            "{claims}"
        );
    }
}
