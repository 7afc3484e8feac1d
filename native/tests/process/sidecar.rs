//! `aks-oauth-proxy sidecar`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::program::{Running, run};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SETTINGS: [(&str, &str); 3] = [
    ("KUBELOGIN_ENABLED", "false"),
    ("SIDECAR_TOKEN", TOKEN),
    ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
];

#[test]
fn all_problems_are_said_at_once() {
    let ended = run(&["sidecar"], &[]);
    let problems = ended.problems();
    assert_eq!(problems.len(), 3, "{problems:?}");
    let settings = ["SIDECAR_TOKEN", "AZURE_FEDERATED_TOKEN_FILE", "TENANT_ID"];
    for (setting, problem) in settings.iter().zip(problems) {
        assert!(
            problem.starts_with(&format!("{setting} is not set (example: ")),
            "{problem}"
        );
    }
}

#[test]
fn a_weak_token_is_refused_and_not_repeated() {
    let settings = [
        ("SIDECAR_TOKEN", "weak-and-secret"),
        ("KUBELOGIN_ENABLED", "false"),
        ("AZURE_FEDERATED_TOKEN_FILE", "/token"),
    ];
    let ended = run(&["sidecar"], &settings);
    assert!(matches!(ended.problems()[..], [problem] if problem.starts_with("SIDECAR_TOKEN has ")));
    assert!(!ended.stderr.contains("weak-and-secret"));
}

#[test]
fn control_characters_are_refused_and_not_repeated() {
    for (name, value) in [
        ("KUBELOGIN_BINARY", "/usr/bin/kube\u{1b}[31mlogin"),
        (
            "KUBELOGIN_CLIENT_ID",
            "80faf920-1908-4b52-b5ef-a8e7bedfc67a\u{7}",
        ),
        ("KUBELOGIN_ENVIRONMENT", "Azure\u{1b}PublicCloud"),
        ("KUBELOGIN_LOGIN", "device\ncode"),
        ("KUBELOGIN_MAX_JOBS", "2\u{b}0"),
        ("AZURE_FEDERATED_TOKEN_FILE", "/to\nken"),
    ] {
        let settings = [
            ("SIDECAR_TOKEN", TOKEN),
            ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
            ("TENANT_ID", "11111111-2222-3333-4444-555555555555"),
            (name, value),
        ];
        let ended = run(&["sidecar"], &settings);
        assert!(
            matches!(ended.problems()[..], [problem] if problem.starts_with(name)),
            "{}",
            ended.stderr
        );
        assert!(
            !ended.stderr.contains(['\u{1b}', '\u{7}', '\u{b}']),
            "{name}"
        );
    }
}

#[test]
fn other_addresses_than_loopback_are_wrong_settings() {
    for address in ["0.0.0.0:0", "192.0.2.1:8081", "[::]:0"] {
        let ended = run(&["sidecar", "--listen", address], &SETTINGS);
        assert_eq!(ended.code, Some(64), "{address}");
        assert!(ended.reason().contains("loopback"), "{}", ended.reason());
    }
}

#[test]
fn a_certificate_that_is_none_is_said() {
    let none = [
        "--tls-cert",
        "/nowhere/tls.crt",
        "--tls-key",
        "/nowhere/tls.key",
    ];
    let arguments = [&["sidecar", "--listen", "0.0.0.0:0"], &none[..]].concat();
    let ended = run(&arguments, &SETTINGS);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended.reason().contains("/nowhere/tls.crt"),
        "{}",
        ended.reason()
    );
    let half = run(&["sidecar", "--tls-cert", "/nowhere/tls.crt"], &SETTINGS);
    assert_eq!(half.code, Some(64));
    assert!(half.stderr.contains("--tls-key"), "{}", half.stderr);
}

#[test]
fn a_port_that_is_taken_is_said_in_a_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(&["sidecar", "--listen", &address], &SETTINGS);
    assert_eq!(ended.code, Some(70));
    assert!(
        ended
            .reason()
            .starts_with(&format!("cannot listen on {address}: "))
    );
}

#[test]
fn it_says_where_it_listens_and_answers_there() {
    let sidecar = Running::start(&["sidecar", "--listen", "127.0.0.1:0"], &SETTINGS);
    let bearer = format!("authorization: Bearer {TOKEN}\r\n");
    let path = "/v1/federated-token";
    assert!(get(&sidecar.address, "/healthz", "").starts_with("HTTP/1.1 200 "));
    assert!(get(&sidecar.address, path, "").starts_with("HTTP/1.1 401 "));
    let answer = get(&sidecar.address, path, &bearer);
    assert!(
        answer.starts_with("HTTP/1.1 503 ") && answer.contains("/nowhere/token"),
        "{answer}"
    );
}

#[test]
fn signals_end_it_well() {
    for signal in ["TERM", "INT"] {
        let arguments = ["sidecar", "--listen", "127.0.0.1:0", "--drain-seconds=0"];
        let sidecar = Running::start(&arguments, &SETTINGS);
        assert_eq!(sidecar.signal(signal), (Some(0), String::new()), "{signal}");
    }
}

fn get(address: &str, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    stream
        .write_all(format!("{head}{headers}\r\n").as_bytes())
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
