//! A hostile client's connection ends, holds no more than its share, and delays nobody.

use std::time::Duration;

use frames::{END_HEADERS, END_STREAM, GET, Kind, POST, PREFACE, frame, get, head, stream};
use http::StatusCode;
use listener::Limits;
use tokio::io::AsyncWriteExt;

use super::peer::Peer;
use super::support::{Builder, Host, request};
use crate::leash::Patience;

const SHORT: Duration = Duration::from_millis(50);
const FOR_EVER: Duration = Duration::from_secs(86_400);
const INSTANCES: u32 = 20;

/// A host that ends a quiet connection after `quiet`.
async fn start(quiet: Duration) -> Host {
    let limits = Limits {
        quiet,
        ..Limits::default()
    };
    within(limits).await
}

/// A host with these limits for connections. One client has half of the instances.
async fn within(limits: Limits) -> Host {
    let builder = Builder {
        max_instances: Some(INSTANCES),
        max_per_client: Some(INSTANCES / 2),
        patience: Patience {
            abandoned: SHORT,
            unread: SHORT,
            ..Patience::default()
        },
        limits,
        ..Builder::default()
    };
    builder.start().await
}

/// Asserts that other clients are answered.
async fn others_are_answered(host: &Host) {
    for path in ["/one/head", "/probe/head"] {
        // On a slow machine they may be slower than a short limit.
        let answered = async || {
            let mut client = host.http1().await;
            let mut request = request(path);
            let address = "192.0.2.1".parse().unwrap();
            request.headers_mut().insert("x-forwarded-for", address);
            client.send_request(request).await.ok()
        };
        let answer = loop {
            if let Some(answer) = answered().await {
                break answer;
            }
        };
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
}

/// Asserts that a connection with `next` repeated ends, and that others are answered before and after.
async fn a_flood_ends(host: &Host, first: &[u8], next: impl Fn(u32) -> Vec<u8>) {
    let mut peer = Peer::connect(host, &[]).await;
    peer.send(first).await;
    let ((), ()) = tokio::join!(peer.flood(next), others_are_answered(host));
    others_are_answered(host).await;
    drop(host.instances.acquire_many(INSTANCES).await.unwrap());
}

/// CVE-2023-44487.
#[tokio::test]
async fn requests_that_are_reset_at_once() {
    let host = start(FOR_EVER).await;
    let batch = |number: u32| {
        let streams = (100 * number..100 * (number + 1)).map(stream);
        let reset = |stream| frame(Kind::Reset, 0, stream, &8u32.to_be_bytes());
        let both = streams.map(|stream| [get(stream, "/one/watch"), reset(stream)].concat());
        both.collect::<Vec<_>>().concat()
    };
    a_flood_ends(&host, &[], batch).await;
}

/// CVE-2025-8671: an error in each stream makes the host reset it.
#[tokio::test]
async fn requests_that_have_to_be_reset() {
    let host = start(FOR_EVER).await;
    let both = |number| {
        let nothing = frame(Kind::WindowUpdate, 0, stream(number), &[0; 4]);
        [get(stream(number), "/one/watch"), nothing].concat()
    };
    a_flood_ends(&host, &[], both).await;
}

/// They are answered one at a time, and keep nothing open.
#[tokio::test]
async fn pings_and_settings() {
    let host = start(SHORT).await;
    a_flood_ends(&host, &[], |_| frame(Kind::Ping, 0, 0, b"pingping")).await;
    a_flood_ends(&host, &[], |_| frame(Kind::Settings, 0, 0, &[])).await;
}

/// Unread answers are not stored either.
#[tokio::test]
async fn pings_whose_answers_nobody_reads() {
    let host = start(SHORT).await;
    let mut stream = host.connect().await;
    let settings = frame(Kind::Settings, 0, 0, &[]);
    let begun = [PREFACE, &settings].concat();
    stream.write_all(&begun).await.unwrap();
    let pings = frame(Kind::Ping, 0, 0, b"pingping").repeat(1000);
    while stream.write_all(&pings).await.is_ok() {}
    others_are_answered(&host).await;
}

#[tokio::test]
async fn empty_pieces_of_a_body_that_nobody_reads() {
    let host = start(FOR_EVER).await;
    let post = frame(Kind::Headers, END_HEADERS, 1, &head(POST, "/one/ignore"));
    a_flood_ends(&host, &post, |_| frame(Kind::Data, 0, 1, &[])).await;
}

/// CVE-2024-27316.
#[tokio::test]
async fn heads_without_an_end() {
    let host = start(FOR_EVER).await;
    let begun = frame(Kind::Headers, 0, 1, &head(GET, "/one/head"));
    let field = b"\0\x01x\x01y";
    for more in [&b""[..], field, &field.repeat(1000)] {
        let next = |_| frame(Kind::Continuation, 0, 1, more);
        a_flood_ends(&host, &begun, next).await;
    }
}

/// One field of 4000 bytes, then repeated by its index (RFC 7541, section 7.3).
#[tokio::test]
async fn heads_that_weigh_more_than_they_seem() {
    let host = start(FOR_EVER).await;
    let mut bomb = head(GET, "/one/watch");
    // A new field in the dynamic table: name "x", and a length in seven bits and more.
    bomb.extend(b"\x40\x01x\x7f\xa1\x1e");
    bomb.extend([b'y'; 4000]);
    bomb.extend([0x80 | 62; 10_000]);
    let next = |number| {
        frame(
            Kind::Headers,
            END_HEADERS | END_STREAM,
            stream(number),
            &bomb,
        )
    };
    a_flood_ends(&host, &[], next).await;
}

#[tokio::test]
async fn a_head_that_is_too_long_reaches_nobody() {
    let host = start(FOR_EVER).await;
    let long = "y".repeat(200_000);
    let answer = host
        .raw(format!("GET /one/watch HTTP/1.1\r\nhost: h\r\nx: {long}\r\n\r\n").as_bytes())
        .await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn heads_that_are_slow() {
    let limits = Limits {
        head: SHORT,
        quiet: FOR_EVER,
        ..Limits::default()
    };
    let host = within(limits).await;
    host.raw(b"GET /one/watch HTTP/1.1\r\nhost: ").await;
    let host = start(SHORT).await;
    let mut peer = Peer::connect(&host, &[]).await;
    peer.send(&frame(Kind::Headers, 0, 1, &head(GET, "/one/watch")))
        .await;
    peer.ended().await;
}

/// As many requests at once as the host reads, with no answer read.
#[tokio::test]
async fn requests_all_at_once_over_http_1() {
    let host = start(SHORT).await;
    let mut stream = host.connect().await;
    let requests = b"GET /one/short HTTP/1.1\r\nhost: h\r\n\r\n".repeat(1000);
    let flood = async { while stream.write_all(&requests).await.is_ok() {} };
    tokio::join!(flood, others_are_answered(&host));
    drop(host.instances.acquire_many(INSTANCES).await.unwrap());
}

#[tokio::test]
async fn answers_for_which_there_is_no_window() {
    let host = start(SHORT).await;
    // SETTINGS_INITIAL_WINDOW_SIZE.
    let mut peer = Peer::connect(&host, &[0, 4, 0, 0, 0, 0]).await;
    for number in 0..2 * INSTANCES {
        peer.send(&get(stream(number), "/one/short")).await;
    }
    others_are_answered(&host).await;
    peer.ended().await;
    drop(host.instances.acquire_many(INSTANCES).await.unwrap());
}
