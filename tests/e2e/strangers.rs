//! A client without a session takes no user's place.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use e2e::{Builder, Stack};
use frames::{END_HEADERS, GET, Kind, POST, frame, get, head, stream};
use hyper::Request;
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// An announced body that never arrives.
struct Never;

impl Body for Never {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

/// Far fewer than the requests of one connection.
const INSTANCES: usize = 20;

/// Sends `count` requests on one connection, each with a body that never arrives. Returns the statuses, and
/// the senders that keep the streams open.
async fn never_ending(stack: &Stack, path: &str, count: usize) -> (Vec<u16>, JoinSet<Incoming>) {
    let address = stack.origin.strip_prefix("http://").unwrap();
    let io = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (client, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    let mut asking = JoinSet::new();
    for _ in 0..count {
        let mut client = client.clone();
        let request = Request::post(format!("{}{path}", stack.origin))
            .header("content-length", "5")
            .body(Never)
            .unwrap();
        asking.spawn(async move { client.send_request(request).await.unwrap() });
    }
    let (mut statuses, mut kept) = (Vec::new(), JoinSet::new());
    while let Some(answer) = asking.join_next().await {
        let answer = answer.unwrap();
        statuses.push(answer.status().as_u16());
        kept.spawn(async move { answer.into_body() });
    }
    (statuses, kept)
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_never_come_hold_no_instance() {
    let builder = Builder::default().argument(&format!("--max-instances={INSTANCES}"));
    let stack = builder.start();
    for (path, status) in [
        ("/nope", 404),
        ("/login", 405),
        ("/logout", 200),
        ("/kubeconfig", 401),
        ("/kubeconfig/credentials", 401),
        ("/sign-ins", 401),
        ("/kubelogin/device-code", 403),
        ("/k8s/api/v1/pods", 401),
        ("/-/tunnel", 404),
    ] {
        let (statuses, open) = never_ending(&stack, path, 5 * INSTANCES).await;
        let answered = statuses.iter().filter(|given| **given == status).count();
        // Requests beyond the limit are told to retry; none of them stays.
        assert!(answered >= INSTANCES / 2, "{path}: {statuses:?}");
        let page = tokio::task::block_in_place(|| stack.browser().get("/healthz"));
        assert_eq!(page.status, 200, "{path}");
        let page = tokio::task::block_in_place(|| stack.browser().get("/login"));
        assert_eq!(page.status, 302, "{path}");
        drop(open);
    }
}

/// An address with its own share.
const STRANGER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9)), 0);

/// Bytes that a client sends repeatedly without reading answers.
struct Flood {
    name: &'static str,
    first: Vec<u8>,
    next: fn(u32) -> Vec<u8>,
}

/// HTTP/1.1 requests all at once; HTTP/2 requests that are reset, and frames without requests.
fn floods() -> Vec<Flood> {
    let preface = [frames::PREFACE, &frame(Kind::Settings, 0, 0, &[])].concat();
    let endless = frame(Kind::Headers, 0, 1, &head(GET, "/login"));
    let upload = frame(Kind::Headers, END_HEADERS, 1, &head(POST, "/logout"));
    let flood = |name, first: &[&[u8]], next: fn(u32) -> Vec<u8>| Flood {
        name,
        first: first.concat(),
        next,
    };
    vec![
        flood("pipelining", &[], |_| {
            b"GET /login HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100)
        }),
        flood("resets", &[&preface], |number| {
            let reset = frame(Kind::Reset, 0, stream(number), &8u32.to_be_bytes());
            [get(stream(number), "/login"), reset].concat()
        }),
        flood("pings", &[&preface], |_| {
            frame(Kind::Ping, 0, 0, b"pingping").repeat(100)
        }),
        flood("settings", &[&preface], |_| {
            frame(Kind::Settings, 0, 0, &[]).repeat(100)
        }),
        flood("continuation", &[&preface, &endless], |_| {
            frame(Kind::Continuation, 0, 1, b"\0\x01x\x01y")
        }),
        flood("empty data", &[&preface, &upload], |_| {
            frame(Kind::Data, 0, 1, &[]).repeat(100)
        }),
    ]
}

/// As fast as possible, with a new connection whenever one has ended.
async fn keep_on(address: SocketAddr, flood: Flood) {
    loop {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(STRANGER).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        let mut sent = stream.write_all(&flood.first).await;
        let mut number = 0;
        while sent.is_ok() {
            sent = stream.write_all(&(flood.next)(number)).await;
            number += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_hold_up_nobody() {
    let stack = Builder::default().start();
    let (_, port) = stack.origin.rsplit_once(':').unwrap();
    let address = format!("127.0.0.1:{port}").parse().unwrap();
    for flood in floods() {
        let name = flood.name;
        let flooding = tokio::spawn(keep_on(address, flood));
        for _ in 0..20 {
            for (path, status) in [("/healthz", 200), ("/login", 302)] {
                let page = tokio::task::block_in_place(|| stack.browser().get(path));
                assert_eq!(page.status, status, "{name}: {path}");
            }
        }
        assert!(!flooding.is_finished(), "{name}");
        flooding.abort();
    }
}
