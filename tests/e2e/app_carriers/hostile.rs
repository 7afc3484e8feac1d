//! Clients that hide requests, and apps that lie, on their way through native code.

use std::io;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use e2e::{Heard, Wire};

use super::carried::{Carried, Front, HOST, cookie};

/// The answer to a POST of alice's with these header lines and this body, which a hidden request follows.
fn post(carried: &Carried, cookie: &str, lines: &str, body: &str) -> Heard {
    let head = format!("host: {HOST}\r\ncookie: {cookie}\r\n");
    let mut wire = Wire::to(carried.origin());
    wire.send(format!(
        "POST /form HTTP/1.1\r\n{head}connection: close\r\n{lines}\r\n{body}\
         GET /hidden HTTP/1.1\r\n{head}x-auth-request-user: root\r\n\r\n"
    ));
    wire.hear()
}

/// A body with two readings hides a request, on which nobody would have decided.
fn a_hidden_request_reaches_no_app(front: Front) {
    let carried = Carried::playing(front, |_, asker| asker.json("200 OK", "{}"));
    let cookie = cookie(&carried.alice());
    carried.app.take();
    let post = |lines: &str, body: &str| {
        let heard = post(&carried, &cookie, lines, body);
        let answers = heard.text().matches("HTTP/1.1").count();
        assert_eq!(answers, 1, "{lines:?}: {}", heard.text());
        (heard.status(), carried.app.take())
    };
    for (lines, body) in [
        ("content-length: 4\r\ncontent-length: 5\r\n", "body"),
        ("content-length: 4, 5\r\n", "body"),
        ("content-length: +4\r\n", "body"),
        ("content-length : 4\r\n", "body"),
        ("transfer-encoding: identity\r\n", "body"),
        ("transfer-encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ("transfer-encoding : chunked\r\n", "0\r\n\r\n"),
        ("transfer-encoding:\r\n chunked\r\n", "0\r\n\r\n"),
        ("x-folded: a\r\n\tcontent-length: 4\r\n", ""),
        ("x-null: \0\r\n", ""),
        ("x-carriage: a\rcontent-length: 4\r\n", ""),
    ] {
        let (status, seen) = post(lines, body);
        assert_eq!(status, 400, "{lines:?}");
        assert!(seen.is_empty(), "{lines:?} {seen:?}");
    }
    // Of two framings the app sees one. What it could take for a length is gone, and so are trailers.
    let chunked = "transfer-encoding: chunked\r\n";
    for (lines, end) in [
        ("content-length: 4\r\n", "\r\n"),
        (
            "content_length: 1\r\ntransfer_encoding: identity\r\n",
            "\r\n",
        ),
        (
            "trailer: x-auth-request-user\r\nte: trailers\r\n",
            "x-auth-request-user: root\r\n\r\n",
        ),
    ] {
        let body = format!("4\r\nbody\r\n0\r\n{end}");
        let (status, seen) = post(&format!("{lines}{chunked}"), &body);
        assert_eq!(status, 200, "{lines:?}");
        assert_eq!(seen.len(), 1, "{lines:?} {seen:?}");
        assert_eq!(seen[0].body, b"body", "{lines:?}");
        let head = seen[0].head.to_ascii_lowercase();
        for gone in ["root", "content_length", "transfer_encoding", "trailer"] {
            assert!(!head.contains(gone), "{head}");
        }
    }
}

/// An app that sends no HTTP, or more of it than it was asked for, is away for its client, and for nobody else.
fn an_app_that_lies_harms_nobody(front: Front) {
    let (gone, is_gone) = channel();
    let gone = Mutex::new(gone);
    let carried = Carried::playing(front, move |seen, asker| {
        let (_, path) = seen.line().split_once(' ').unwrap();
        match path.split(' ').next().unwrap() {
            "/garbage" => asker.last("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
            "/half" => asker.last("HTTP/1.1 200 OK\r\ncontent-ty"),
            "/lengths" => {
                asker.last("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}}")
            }
            "/name" => asker.last("HTTP/1.1 200 OK\r\nset cookie: a=b\r\ncontent-length: 2\r\n\r\n{}"),
            "/null" => asker.last("HTTP/1.1 200 OK\r\nx-a: \0\r\ncontent-length: 2\r\n\r\n{}"),
            "/switched" => asker.last(
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nx",
            ),
            "/headed" => {
                asker.write("HTTP/1.1 200 OK\r\n")?;
                asker.flood(b"x-more: and more\r\n", Duration::from_secs(5));
                asker.last("")
            }
            "/two" => asker.write(
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\
                 HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhidden",
            ),
            "/endless" => {
                asker.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
                let chunk = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
                while asker.write(&chunk).is_ok() {}
                let _ = gone.lock().unwrap().send(());
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            _ => asker.json("200 OK", "{}"),
        }
    });
    let cookie = cookie(&carried.alice());
    for path in [
        "/garbage",
        "/half",
        "/lengths",
        "/name",
        "/null",
        "/switched",
        "/headed",
    ] {
        let heard = carried.sends(&format!("GET {path}"), &cookie, b"").hear();
        assert_eq!(heard.status(), 503, "{path}: {}", heard.text());
        assert!(heard.text().contains("app-unreachable"), "{path}");
    }
    let two = carried.sends("GET /two", &cookie, b"").hear();
    assert_eq!((two.status(), &*two.rest), (200, &b"ok"[..]));
    let mut endless = carried.sends("GET /endless", &cookie, b"");
    assert!(endless.head().starts_with("HTTP/1.1 200 "));
    let (mut buffer, mut had) = (vec![0; 1 << 20], 0);
    while had < 64 << 20 {
        had += endless.read(&mut buffer);
    }
    drop(endless);
    is_gone.recv_timeout(Duration::from_secs(60)).unwrap();
    for _ in 0..3 {
        let whole = carried.sends("GET /page", &cookie, b"").hear();
        assert_eq!((whole.status(), &*whole.rest), (200, &b"{}"[..]));
    }
}

#[test]
fn a_hidden_request_reaches_no_app_by_serve() {
    a_hidden_request_reaches_no_app(Front::Serve);
}

#[test]
fn a_hidden_request_reaches_no_app_by_the_tunnel() {
    a_hidden_request_reaches_no_app(Front::Tunnel);
}

#[test]
fn an_app_that_lies_harms_nobody_by_serve() {
    an_app_that_lies_harms_nobody(Front::Serve);
}

#[test]
fn an_app_that_lies_harms_nobody_by_the_tunnel() {
    an_app_that_lies_harms_nobody(Front::Tunnel);
}
