//! The host: Spin's behaviour, and a graceful end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;

use e2e::{ApiServer, Builder, SIDECAR_TOKEN, Stack, Wire, request};
use serde_json::json;

#[test]
fn spins_own_health_address_is_the_hosts() {
    let stack = Stack::start();
    let response = stack.browser().get("/.well-known/spin/health");
    assert_eq!((response.status, response.body.as_str()), (200, "OK"));
}

#[test]
fn a_request_in_flight_finishes_after_sigterm() {
    let mut stack = Stack::start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    stack.control(
        "faults",
        &json!({ "at": "token", "kind": "delay", "delay_ms": 2000 }),
    );
    let request = thread::spawn(move || browser.get(&callback));
    while stack.count("token") == 0 {
        thread::yield_now();
    }
    stack.proxy.terminate();
    assert_eq!(request.join().unwrap().status, 302);
    assert!(stack.proxy.wait().success());
}

/// The answer to these bytes, until the host closes.
fn raw(stack: &Stack, request: &[u8]) -> String {
    let address = stack.origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Frequent probes cost no more than a kubelet's, even if the client disconnects each time.
#[test]
fn a_probe_that_goes_away_does_not_have_the_component_asked_again() {
    let sidecar = ApiServer::start(|_, asker| asker.stall());
    let stack = Builder::default()
        .setting("SIDECAR_URL", sidecar.url())
        .setting("SIDECAR_TOKEN", SIDECAR_TOKEN)
        .start();
    let probe = || {
        let mut wire = Wire::to(&stack.origin);
        wire.send(request("GET", "/readyz", ""));
        wire
    };
    for _ in 0..3 {
        let gone = probe();
        sidecar.wait_for(1);
        drop(gone);
    }
    let heard = probe().hear();
    assert_eq!(heard.status(), 503, "{}", heard.text());
    assert!(
        heard.text().contains("[-]sidecar failed"),
        "{}",
        heard.text()
    );
    assert_eq!(sidecar.seen().len(), 1);
}

/// HAProxy's default probe.
#[test]
fn a_probe_of_http_1_0_without_a_host_is_answered() {
    let stack = Stack::start();
    let answer = raw(&stack, b"GET /healthz HTTP/1.0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    let answer = raw(&stack, b"OPTIONS /healthz HTTP/1.0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.0 405"), "{answer}");
}

#[test]
fn a_header_that_is_no_text_is_the_clients_fault() {
    let stack = Stack::start();
    let ask = |path: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx: ");
        raw(&stack, &[head.as_bytes(), b"\xff\r\n\r\n"].concat())
    };
    assert!(ask("/whoami").starts_with("HTTP/1.1 400"));
    let status = ask("/k8s/api");
    assert!(status.starts_with("HTTP/1.1 400"), "{status}");
    assert!(status.contains(r#""kind":"Status""#), "{status}");
}

#[test]
fn head_answers_wherever_get_does() {
    let stack = Stack::start();
    for (path, status) in [
        ("/healthz", 200),
        ("/login", 302),
        ("/whoami", 401),
        ("/logout", 200),
        ("/kubeconfig", 401),
    ] {
        let head = format!("HEAD {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let answer = raw(&stack, head.as_bytes());
        let expected = format!("HTTP/1.1 {status}");
        assert!(answer.starts_with(&expected), "{path}: {answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{path}: {answer}");
    }
}

#[test]
fn a_request_without_one_valid_host_is_refused() {
    let stack = Stack::start();
    for head in ["", "host: \r\n", "host: a b\r\n", "host: a\r\nhost: b\r\n"] {
        let request = format!("GET /healthz HTTP/1.1\r\nconnection: close\r\n{head}\r\n");
        let answer = raw(&stack, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400"), "{head}: {answer}");
    }
}

#[test]
fn very_large_heads_are_refused_and_harm_nobody() {
    let stack = Stack::start();
    let long = "x".repeat(200_000);
    let mut stream = TcpStream::connect(stack.origin.trim_start_matches("http://")).unwrap();
    let request = format!("GET /whoami HTTP/1.1\r\nhost: localhost\r\ncookie: a={long}\r\n\r\n");
    // The host may close before all of it is written.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    assert_eq!(stack.browser().get("/healthz").status, 200);
}

/// `[[client_tls]]` configures a component's trust; nothing else is trusted.
#[test]
fn entra_over_tls_is_trusted_where_the_configuration_says_so() {
    let stack = Builder::default().entra_over_tls().start();
    let mut alice = stack.signed_in("alice");
    assert_eq!(alice.get("/whoami").status, 200);
    let authority = stack.entra["https"].as_str().unwrap();
    let untrusting = Builder::default().setting("AUTHORITY_HOST", authority);
    let other = untrusting
        .setting("CLIENT_ID", stack.entra["client_id"].as_str().unwrap())
        .start();
    let mut browser = other.browser();
    let login = browser.get("/login");
    let (_, state) = login.location().split_once("state=").unwrap();
    let state = state.split('&').next().unwrap();
    let away = browser.get(&format!("/callback?code=x&state={state}"));
    assert_eq!(away.problem(), (503, "entra-unavailable".to_owned()));
    let line = other.proxy.line("entra-unavailable");
    assert!(line.contains("Tls"), "{line}");
}
