//! Connections on which no request is in flight end, whatever else is said on them.

use std::time::Duration;

use frames::{GET, Kind, PREFACE, frame, head};
use listener::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{SHORT, Server, exchange};

async fn start(quiet: Duration) -> Server {
    let limits = Limits {
        quiet,
        ..Limits::default()
    };
    Server::start(limits).await
}

/// Sends `bytes` over and over; ready when the server has closed.
async fn repeat(stream: &mut TcpStream, bytes: &[u8]) {
    let (mut reader, mut writer) = stream.split();
    let writing = async { while writer.write_all(bytes).await.is_ok() {} };
    let mut answers = [0; 4096];
    let reading = async { while matches!(reader.read(&mut answers).await, Ok(1..)) {} };
    tokio::select! {
        () = writing => {}
        () = reading => {}
    }
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
        repeat(&mut stream, &more).await;
    }
}

#[tokio::test]
async fn after_an_answer_it_ends_too() {
    let server = start(SHORT).await;
    let request = b"GET / HTTP/1.1\r\nhost: h\r\n\r\n";
    loop {
        let answer = exchange(&mut server.connect(1).await, request).await;
        // On a slow machine it may have ended before the request came.
        if answer.starts_with(b"HTTP/1.1 200") {
            assert!(!String::from_utf8_lossy(&answer).contains("connection: close"));
            return;
        }
    }
}

/// Requests sent all at once, whose answers nobody reads.
#[tokio::test]
async fn who_stops_reading_short_answers_stands_still() {
    let server = start(SHORT).await;
    let mut stream = server.connect(1).await;
    let request = b"GET / HTTP/1.1\r\nhost: h\r\n\r\n".repeat(1000);
    // Writing ends when the server has closed: it reads no more than it can answer.
    while stream.write_all(&request).await.is_ok() {}
}
