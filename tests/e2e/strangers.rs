//! Somebody without a session takes nobody's place.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use e2e::{Builder, Stack};
use hyper::Request;
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A body that was announced, and never comes.
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

/// Sends `count` requests over one connection, each with a body that never comes. Gives the statuses
/// of their answers, and what keeps their streams open.
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
        ("/kubelogin/device-code", 403),
        ("/k8s/api/v1/pods", 401),
        ("/-/tunnel", 404),
    ] {
        let (statuses, open) = never_ending(&stack, path, 5 * INSTANCES).await;
        let answered = statuses.iter().filter(|given| **given == status).count();
        // More at once than there are instances are told to come again; none of them stays.
        assert!(answered >= INSTANCES / 2, "{path}: {statuses:?}");
        let page = tokio::task::block_in_place(|| stack.browser().get("/healthz"));
        assert_eq!(page.status, 200, "{path}");
        let page = tokio::task::block_in_place(|| stack.browser().get("/login"));
        assert_eq!(page.status, 302, "{path}");
        drop(open);
    }
}
