//! Connections without a request in flight end, whatever else is sent on them.

use std::time::Duration;

use frames::{GET, Kind, PREFACE, frame, head};
use listener::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::server::{FOR_EVER, GET as LAST, GOAWAY, SHORT, Server, exchange, flood, kinds};

async fn start(quiet: Duration) -> Server {
    let limits = Limits {
        quiet,
        ..Limits::default()
    };
    Server::start(limits).await
}

/// A server that keeps connections after an answer for `idle`, and allows `head` for heads.
async fn keeping(idle: Duration, head: Duration) -> Server {
    let limits = Limits {
        quiet: SHORT,
        head,
        idle,
        ..Limits::default()
    };
    Server::start(limits).await
}

#[tokio::test]
async fn what_is_no_request_keeps_nothing() {
    let server = start(SHORT).await;
    let preface = [PREFACE, &frame(Kind::Settings, 0, 0, &[])].concat();
    let head = frame(Kind::Headers, 0, 1, &head(GET, "/"));
    let head = [&preface[..], &head].concat();
    let half = &PREFACE[..10];
    for begun in [b"", &b"GET / HTTP/1.1\r\nhost: "[..], half, &preface, &head] {
        exchange(&mut server.connect(1).await, begun).await;
    }
    for more in [
        frame(Kind::Ping, 0, 0, b"pingping"),
        frame(Kind::Settings, 0, 0, &[]),
        frame(Kind::WindowUpdate, 0, 0, &1u32.to_be_bytes()),
    ] {
        let mut stream = server.connect(1).await;
        stream.write_all(&preface).await.unwrap();
        flood(&mut stream, |_| more.clone()).await;
    }
}

const KEPT: &[u8] = b"GET / HTTP/1.1\r\nhost: h\r\n\r\n";

/// A connection to `server` with one answered request.
async fn answered(server: &Server) -> TcpStream {
    loop {
        let mut stream = server.connect(1).await;
        stream.write_all(KEPT).await.unwrap();
        let mut answer = Vec::new();
        // On a slow machine it may have ended before the request arrived.
        while matches!(stream.read_buf(&mut answer).await, Ok(1..)) {
            if answer.ends_with(b"answer") {
                assert!(!String::from_utf8_lossy(&answer).contains("connection: close"));
                return stream;
            }
        }
    }
}

#[tokio::test]
async fn after_an_answer_it_is_kept_for_longer() {
    let server = keeping(FOR_EVER, FOR_EVER).await;
    let mut stream = answered(&server).await;
    let read = timeout(SHORT * 10, stream.read(&mut [0])).await;
    assert!(read.is_err(), "it is there though others have long ended");
    stream.write_all(LAST.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn and_then_it_ends_too() {
    let server = keeping(SHORT, FOR_EVER).await;
    assert_eq!(answered(&server).await.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn half_a_head_after_an_answer_keeps_nothing() {
    let server = keeping(FOR_EVER, SHORT).await;
    let mut stream = answered(&server).await;
    assert_eq!(exchange(&mut stream, b"GET / HTTP/1.1\r\n").await, b"");
}

/// The server's frames until the connection ends, after the client sent SETTINGS and `bytes`.
async fn frames_after(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let begun = [PREFACE, &frame(Kind::Settings, 0, 0, &[]), bytes].concat();
    loop {
        let kinds = kinds(&exchange(&mut server.connect(1).await, &begun).await);
        // On a slow machine it may have ended before the preface arrived.
        if kinds.first() == Some(&(Kind::Settings as u8)) {
            return kinds;
        }
    }
}

/// HTTP/2 sends GOAWAY: a client that was about to send a request knows that it was not taken.
#[tokio::test]
async fn over_http_2_it_says_so_before_it_ends() {
    for (server, bytes) in [
        (start(SHORT).await, Vec::new()),
        (keeping(SHORT, FOR_EVER).await, frames::get(1, "/")),
    ] {
        let kinds = frames_after(&server, &bytes).await;
        assert!(kinds.contains(&GOAWAY), "{kinds:?}");
    }
}

/// Nor do they after an answer.
#[tokio::test]
async fn frames_without_a_request_keep_nothing() {
    let server = keeping(FOR_EVER, SHORT).await;
    let mut stream = server.connect(1).await;
    let begun = [
        PREFACE,
        &frame(Kind::Settings, 0, 0, &[]),
        &frames::get(1, "/"),
    ];
    stream.write_all(&begun.concat()).await.unwrap();
    flood(&mut stream, |_| frame(Kind::Ping, 0, 0, b"pingping")).await;
}

/// Sends many requests at once and reads no answer.
#[tokio::test]
async fn who_stops_reading_short_answers_stands_still() {
    let server = start(SHORT).await;
    let mut stream = server.connect(1).await;
    let request = b"GET / HTTP/1.1\r\nhost: h\r\n\r\n".repeat(1000);
    // Writing fails when the server has closed: it reads no more than it can answer.
    while stream.write_all(&request).await.is_ok() {}
}
