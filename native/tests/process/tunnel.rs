//! `aks-oauth-proxy tunnel`. Its crate tests what it carries.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::Value;

use crate::program::{Running, run};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SETTINGS: [(&str, &str); 2] = [
    ("TUNNEL_TOKEN", TOKEN),
    ("COMPONENT_URL", "http://127.0.0.1:1"),
];
const LISTEN: [&str; 4] = ["tunnel", "--listen", "127.0.0.1:0", "--drain-seconds=0"];

#[test]
fn all_problems_are_said_at_once() {
    let ended = run(&["tunnel"], &[]);
    let problems = ended.problems();
    assert_eq!(problems.len(), 2, "{problems:?}");
    for (setting, problem) in ["COMPONENT_URL", "TUNNEL_TOKEN"].iter().zip(problems) {
        assert!(
            problem.starts_with(&format!("{setting} is not set (example: ")),
            "{problem}"
        );
    }
}

#[test]
fn what_is_wrong_is_said_and_no_token_is_repeated() {
    for (name, value) in [
        ("TUNNEL_TOKEN", "weak-and-secret"),
        ("COMPONENT_URL", "http://component.example/path"),
        ("COMPONENT_URL", "ftp://component.example"),
        ("COMPONENT_URL", "http://component.example"),
        ("COMPONENT_URL", "http://user@component.example"),
        ("KUBERNETES_API_URL", "http://api.example"),
        (
            "TUNNEL_ORIGINS",
            "https://api.example https://api.example/path",
        ),
        ("TUNNEL_ORIGINS", "http://api.example"),
        ("TUNNEL_MAX_CONNECTIONS", "0"),
        ("TUNNEL_MAX_REQUESTS", "0"),
        ("TUNNEL_IDLE_TIMEOUT_SECONDS", "4h"),
        ("TUNNEL_ABSOLUTE_TIMEOUT_SECONDS", "-1"),
        ("KUBERNETES_CA_FILE", "/ca\n.crt"),
    ] {
        let settings = [&SETTINGS[..], &[(name, value)]].concat();
        let ended = run(&["tunnel"], &settings);
        assert!(
            matches!(ended.problems()[..], [problem] if problem.starts_with(name)),
            "{}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("weak-and-secret"));
    }
}

/// Users' credentials go to the component.
#[test]
fn plain_http_beyond_this_machine_is_right_only_if_that_was_said() {
    let far = ("COMPONENT_URL", "http://component.example");
    let settings = [&SETTINGS[..1], &[far]].concat();
    let ended = run(&LISTEN, &settings);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended.stderr.contains("COMPONENT_PLAIN_HTTP=true"),
        "{}",
        ended.stderr
    );
    let said = [&settings[..], &[("COMPONENT_PLAIN_HTTP", "true")]].concat();
    drop(Running::start(&LISTEN, &said));
}

#[test]
fn files_that_are_not_there_are_said() {
    let settings = [&SETTINGS[..], &[("KUBERNETES_CA_FILE", "/nowhere/ca.crt")]].concat();
    let ended = run(&["tunnel"], &settings);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended.reason().contains("/nowhere/ca.crt"),
        "{}",
        ended.reason()
    );
    let none = [
        "--tls-cert",
        "/nowhere/tls.crt",
        "--tls-key",
        "/nowhere/tls.key",
    ];
    let ended = run(&[&LISTEN[..], &none].concat(), &SETTINGS);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended.reason().contains("/nowhere/tls.crt"),
        "{}",
        ended.reason()
    );
    let half = run(&["tunnel", "--tls-key", "/nowhere/tls.key"], &SETTINGS);
    assert_eq!(half.code, Some(64));
    assert!(half.stderr.contains("--tls-cert"), "{}", half.stderr);
}

#[test]
fn a_port_that_is_taken_is_said_in_a_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(&["tunnel", "--listen", &address], &SETTINGS);
    assert_eq!(ended.code, Some(70));
    assert!(
        ended
            .reason()
            .starts_with(&format!("cannot listen on {address}: "))
    );
}

#[test]
fn requests_go_on_to_the_component_and_those_to_the_api_server_are_asked_about() {
    let component = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", component.local_addr().unwrap());
    let settings = [("TUNNEL_TOKEN", TOKEN), ("COMPONENT_URL", url.as_str())];
    let tunnel = Running::start(&LISTEN, &settings);
    let answers = thread::spawn(move || {
        let answer = |body: &str| {
            let (mut stream, _) = component.accept().unwrap();
            let asked = read_request(&mut stream);
            let length = body.len();
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            stream
                .write_all(format!("{head}{body}").as_bytes())
                .unwrap();
            asked
        };
        let forwarded = answer("the answer");
        let refused = r#"{"answer":{"status":403,"headers":[],"body":"refused"}}"#;
        (forwarded, [answer(refused), answer(refused)])
    });
    let answer = exchange(
        &tunnel.address,
        "GET /whoami HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
    );
    assert!(answer.ends_with("\r\n\r\nthe answer"), "{answer}");
    let plain = "connection: close\r\n\r\n";
    let upgrade = "connection: upgrade\r\nupgrade: websocket\r\n\r\n";
    for (path, rest) in [("version", plain), ("exec", upgrade)] {
        let request = format!("GET /k8s/{path} HTTP/1.1\r\nhost: h\r\n{rest}");
        let answer = exchange(&tunnel.address, &request);
        assert!(
            answer.starts_with("HTTP/1.1 403 ") && answer.ends_with("\r\n\r\nrefused"),
            "{answer}"
        );
    }
    let (forwarded, asked) = answers.join().unwrap();
    assert!(
        forwarded.starts_with("GET /whoami HTTP/1.1\r\n"),
        "{forwarded}"
    );
    assert!(!forwarded.contains(TOKEN));
    for (asked, path) in asked.iter().zip(["version", "exec"]) {
        assert!(asked.starts_with("POST /-/tunnel HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains(&format!("authorization: Bearer {TOKEN}\r\n")));
        let (_, message) = asked.split_once("\r\n\r\n").unwrap();
        let message: Value = serde_json::from_str(message).unwrap();
        assert_eq!(message["open"]["target"], format!("/k8s/{path}"));
    }
}

#[test]
fn signals_end_it_well() {
    for signal in ["TERM", "INT"] {
        let tunnel = Running::start(&LISTEN, &SETTINGS);
        assert_eq!(tunnel.signal(signal), (Some(0), String::new()), "{signal}");
    }
}

/// A head, and the body of the announced length.
fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        request.push(byte[0]);
    }
    let head = String::from_utf8(request).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

fn exchange(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
