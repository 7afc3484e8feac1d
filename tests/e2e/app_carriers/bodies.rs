//! Bodies and answers of apps, on their way through native code.

use e2e::{ApiServer, Browser, Builder, Certificates, Replica, TUNNEL_TOKEN, Wire, free_port};
use serde_json::json;

use super::carried::{Carried, Front, HOST, LARGE, cookie};

fn bodies_are_the_apps_in_both_directions(front: Front) {
    let carried = Carried::by(front);
    let cookie = cookie(&carried.alice());
    let request = format!("POST /upload\ncontent-length: {LARGE}\r\n");
    let uploaded = carried.sends(&request, &cookie, &vec![b'x'; LARGE]).hear();
    assert_eq!(uploaded.json()["bytes"], LARGE.to_string());
    let downloaded = carried.sends("GET /large", &cookie, b"").hear();
    assert_eq!((downloaded.status(), downloaded.rest.len()), (200, LARGE));
    let cut = carried.sends("GET /cut", &cookie, b"").hear();
    assert!(!cut.is_whole() && cut.rest == b"half", "{}", cut.text());
    let head = carried.sends("HEAD /large", &cookie, b"").hear();
    assert_eq!(
        (head.header("content-length"), head.rest.len()),
        ("1000", 0)
    );
    let part = carried
        .sends("GET /file\nrange: bytes=0-4\r\n", &cookie, b"")
        .hear();
    assert_eq!((part.status(), part.rest.as_slice()), (206, &b"hello"[..]));
    assert_eq!(part.header("content-range"), "bytes 0-4/10");

    let mut wire = carried.sends("GET /events", &cookie, b"");
    assert!(wire.head().starts_with("HTTP/1.1 200 "));
    let mut events = String::new();
    // The app writes its last event only now: nothing held the first one back.
    wire.until("data: first", &mut events);
    carried.go_on.send(()).unwrap();
    wire.until("data: last", &mut events);
    assert!(carried.app.seen().len() > 5);
}

/// Many requests of two people at once, over connections that are kept.
fn nobody_gets_anothers_answer(front: Front) {
    const REQUESTS: usize = 60;
    let carried = Carried::by(front);
    let alices: Vec<Browser> = (0..3).map(|_| carried.alice()).collect();
    std::thread::scope(|scope| {
        for (number, alice) in alices.into_iter().enumerate() {
            let mut browser = alice.afresh();
            scope.spawn(move || {
                for times in 0..REQUESTS {
                    let body = "x".repeat(1 + number * REQUESTS + times);
                    let answer = browser.send("POST", "/", &[], &body);
                    let expected = body.len().to_string();
                    assert_eq!(answer.json()["bytes"], expected, "{answer:?}");
                }
            });
        }
    });
}

/// Of an authority that nobody has heard of but the operator.
fn an_app_over_tls_has_to_be_the_one_that_is_meant(front: Front) {
    for is_trusted in [true, false] {
        let certificates = Certificates::make();
        let app = ApiServer::over_tls(&certificates, |_, asker| asker.json("200 OK", "{}"));
        let upstreams = json!([{ "host": HOST, "url": app.url(), "public": ["/"] }]).to_string();
        let shared = [
            ("UPSTREAMS", upstreams.as_str()),
            ("TUNNEL_TOKEN", TUNNEL_TOKEN),
        ];
        let mut builder = Builder::default().setting("UPSTREAM_ORIGIN1", app.url());
        for (name, value) in shared {
            builder = builder.setting(name, value);
        }
        if is_trusted && front == Front::Serve {
            builder = builder.trusting("127.0.0.1", certificates.authority());
        }
        let stack = builder.start();
        let authority = certificates.authority();
        let file = ("UPSTREAMS_CA_FILE", authority.to_str().unwrap());
        let settings = match is_trusted {
            true => [&shared[..], &[file]].concat(),
            false => shared.to_vec(),
        };
        let tunnel = (front == Front::Tunnel)
            .then(|| Replica::tunnel(free_port(), &stack.origin, &settings, None));
        let origin = tunnel.as_ref().map_or(&*stack.origin, Replica::origin);
        let mut wire = Wire::to(origin);
        wire.send(format!(
            "GET / HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n"
        ));
        let status = wire.hear().status();
        assert_eq!(status, if is_trusted { 200 } else { 503 });
        assert_eq!(app.seen().len(), usize::from(is_trusted));
    }
}

#[test]
fn bodies_are_the_apps_in_both_directions_by_serve() {
    bodies_are_the_apps_in_both_directions(Front::Serve);
}

#[test]
fn bodies_are_the_apps_in_both_directions_by_the_tunnel() {
    bodies_are_the_apps_in_both_directions(Front::Tunnel);
}

#[test]
fn nobody_gets_anothers_answer_by_serve() {
    nobody_gets_anothers_answer(Front::Serve);
}

#[test]
fn nobody_gets_anothers_answer_by_the_tunnel() {
    nobody_gets_anothers_answer(Front::Tunnel);
}

#[test]
fn an_app_over_tls_has_to_be_the_one_that_is_meant_by_serve() {
    an_app_over_tls_has_to_be_the_one_that_is_meant(Front::Serve);
}

#[test]
fn an_app_over_tls_has_to_be_the_one_that_is_meant_by_the_tunnel() {
    an_app_over_tls_has_to_be_the_one_that_is_meant(Front::Tunnel);
}
