//! A slow reader is waited for: nothing piles up in the host.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Request;
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::support::Builder;

const PIECE: &[u8] = &[b'x'; 64 * 1024];
/// The size of the upload.
const ALL: usize = 1024 * PIECE.len();
/// More than the system buffers for two directions, and less than half of the upload.
const BOUND: usize = 30 << 20;
/// No event marks that data has stopped moving; on a loaded machine it may only be slow.
const STILL: Duration = Duration::from_millis(500);

/// A long body, which counts how much was read of it.
struct Upload(Arc<AtomicUsize>);

impl Body for Upload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0.load(Ordering::Relaxed) == ALL {
            return Poll::Ready(None);
        }
        self.0.fetch_add(PIECE.len(), Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(PIECE)))))
    }
}

/// An upload whose echo is not read must stop; then all of it must come.
async fn stands_still(mut answer: Incoming, sent: &AtomicUsize) {
    loop {
        let before = sent.load(Ordering::Relaxed);
        tokio::time::sleep(STILL).await;
        if sent.load(Ordering::Relaxed) == before {
            break;
        }
    }
    let sent = sent.load(Ordering::Relaxed);
    assert!(sent < BOUND, "{sent}");
    let mut received = 0;
    while let Some(frame) = answer.frame().await {
        received += frame.unwrap().into_data().unwrap().len();
    }
    assert_eq!(received, ALL);
}

fn upload() -> (Request<Upload>, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let request = Request::post("/one/echo").header("host", "localhost");
    (request.body(Upload(sent.clone())).unwrap(), sent)
}

#[tokio::test]
async fn over_http1() {
    let host = Builder::default().start().await;
    let io = TokioIo::new(host.connect().await);
    let (mut client, connection) = http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    let (request, sent) = upload();
    let answer = client.send_request(request).await.unwrap();
    stands_still(answer.into_body(), &sent).await;
}

#[tokio::test]
async fn over_http2() {
    let host = Builder::default().start().await;
    let io = TokioIo::new(host.connect().await);
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    let (mut request, sent) = upload();
    *request.uri_mut() = "http://localhost/one/echo".parse().unwrap();
    request.headers_mut().clear();
    let answer = client.send_request(request).await.unwrap();
    stands_still(answer.into_body(), &sent).await;
}
