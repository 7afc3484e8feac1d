//! `aks-oauth-proxy healthcheck`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::program::{Ended, Running, run};

const SETTINGS: [(&str, &str); 3] = [
    ("KUBELOGIN_ENABLED", "false"),
    ("SIDECAR_TOKEN", "0123456789abcdef0123456789abcdef"),
    ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
];

fn ask(url: &str) -> Ended {
    run(&["healthcheck", "--url", url], &[])
}

#[test]
fn it_says_what_a_probe_would_be_told() {
    let sidecar = Running::start(&["sidecar", "--listen", "127.0.0.1:0"], &SETTINGS);
    let origin = format!("http://{}", sidecar.address);
    let alive = ask(&format!("{origin}/livez"));
    assert_eq!((alive.code, alive.stderr.as_str()), (Some(0), ""));
    let unready = ask(&format!("{origin}/readyz"));
    assert_eq!(unready.code, Some(1));
    for part in ["/readyz answered 503", "[-]federated-token failed"] {
        assert!(unready.stderr.contains(part), "{}", unready.stderr);
    }
    let other = ask(&format!("{origin}/v1/federated-token"));
    assert_eq!(other.code, Some(1));
    assert!(other.stderr.contains("401"), "{}", other.stderr);
}

#[test]
fn it_takes_any_certificate_as_a_kubelet_does() {
    let directory = tempfile::tempdir().unwrap();
    let [certificate, key] = ["tls.crt", "tls.key"].map(|name| directory.path().join(name));
    let pair = rcgen::generate_simple_self_signed(["somebody.example".to_owned()]).unwrap();
    std::fs::write(&certificate, pair.cert.pem()).unwrap();
    std::fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
    let files = [certificate.to_str().unwrap(), key.to_str().unwrap()];
    let arguments = [
        "sidecar",
        "--listen",
        "127.0.0.1:0",
        "--tls-cert",
        files[0],
        "--tls-key",
        files[1],
    ];
    let sidecar = Running::start(&arguments, &SETTINGS);
    let alive = ask(&format!("https://{}/livez", sidecar.address));
    assert_eq!((alive.code, alive.stderr.as_str()), (Some(0), ""));
}

#[test]
fn nobody_and_silence_are_no_good_answers() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/livez", silent.local_addr().unwrap());
    let ended = run(&["healthcheck", "--timeout-seconds=1", "--url", &url], &[]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("in time"), "{}", ended.stderr);
    drop(silent);
    let gone = ask(&url);
    assert_eq!(gone.code, Some(1));
    assert!(gone.stderr.starts_with(&url), "{}", gone.stderr);
}

#[test]
fn what_is_no_address_is_a_wrong_command_line() {
    for url in [
        "ftp://127.0.0.1/",
        "/livez",
        "127.0.0.1:8080",
        "http:///livez",
    ] {
        let ended = ask(url);
        assert_eq!(ended.code, Some(64), "{url}: {}", ended.stderr);
    }
}

#[test]
fn the_path_and_the_query_are_asked_for() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a/b?c=d", server.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let head = head(&mut stream);
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
        head
    });
    assert_eq!(ask(&url).code, Some(0));
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("GET /a/b?c=d HTTP/1.1\r\n"), "{asked}");
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}
