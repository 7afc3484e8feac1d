//! Frames that cost the server work and the client nothing. `serve`, `tunnel` and the sidecar have the same listener.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use frames::{END_HEADERS, GET, Kind, POST, PREFACE, frame, get, head, stream};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use listener::{Ending, Limits, Listener};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::server::{FOR_EVER, flood, kinds};

/// A server that never answers, and ends no connection for being quiet.
struct Silent {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    served: JoinHandle<()>,
}

impl Silent {
    async fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let limits = Limits {
            quiet: FOR_EVER,
            ..Limits::default()
        };
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let service = move |_| {
            let asked = counted.clone();
            service_fn(move |request: Request<Incoming>| {
                asked.fetch_add(1, Ordering::Relaxed);
                async move {
                    let _request = request;
                    std::future::pending::<Result<Response<Full<Bytes>>, Infallible>>().await
                }
            })
        };
        let served = tokio::spawn(async move {
            listener::serve(Listener::clear(socket, limits), service, &Ending::default()).await;
        });
        Self {
            address,
            asked,
            served,
        }
    }

    /// A connection over which the client has begun to speak HTTP/2.
    async fn connect(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let begun = [PREFACE, &frame(Kind::Settings, 0, 0, &[])].concat();
        stream.write_all(&begun).await.unwrap();
        stream
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        self.served.abort();
    }
}

/// Returns when the server ends a connection on which `next` comes again and again after `first`.
async fn ends(first: &[u8], next: impl Fn(u32) -> Vec<u8>) {
    let server = Silent::start().await;
    let mut connection = server.connect().await;
    connection.write_all(first).await.unwrap();
    flood(&mut connection, next).await;
}

/// CVE-2023-44487.
#[tokio::test]
async fn requests_that_are_reset_at_once() {
    ends(&[], |number| {
        let streams = (100 * number..100 * (number + 1)).map(stream);
        let reset = |stream| frame(Kind::Reset, 0, stream, &8u32.to_be_bytes());
        let both = streams.map(|stream| [get(stream, "/"), reset(stream)].concat());
        both.collect::<Vec<_>>().concat()
    })
    .await;
}

/// CVE-2025-8671.
#[tokio::test]
async fn requests_that_have_to_be_reset() {
    ends(&[], |number| {
        let nothing = frame(Kind::WindowUpdate, 0, stream(number), &[0; 4]);
        [get(stream(number), "/"), nothing].concat()
    })
    .await;
}

/// CVE-2024-27316.
#[tokio::test]
async fn heads_without_an_end() {
    let begun = frame(Kind::Headers, 0, 1, &head(GET, "/"));
    ends(&begun, |_| frame(Kind::Continuation, 0, 1, b"\0\x01x\x01y")).await;
}

#[tokio::test]
async fn empty_pieces_of_a_body_that_nobody_reads() {
    let post = frame(Kind::Headers, END_HEADERS, 1, &head(POST, "/"));
    ends(&post, |_| frame(Kind::Data, 0, 1, &[])).await;
}

/// Further ones are refused, each by itself (RFC 9113, section 5.1.2).
#[tokio::test]
async fn one_connection_has_so_many_requests_at_once() {
    const MOST: u32 = 250;
    let server = Silent::start().await;
    let mut connection = server.connect().await;
    let requests = (0..MOST + 5).flat_map(|number| get(stream(number), "/"));
    let requests: Vec<u8> = requests.collect();
    connection.write_all(&requests).await.unwrap();
    let mut heard = Vec::new();
    let refused = |heard: &[u8]| {
        let kinds = kinds(heard).into_iter();
        kinds.filter(|kind| *kind == Kind::Reset as u8).count()
    };
    while refused(&heard) < 5 {
        assert_ne!(connection.read_buf(&mut heard).await.unwrap(), 0);
    }
    let asked = || server.asked.load(Ordering::Relaxed);
    while asked() < MOST as usize {
        tokio::task::yield_now().await;
    }
    assert_eq!(asked(), MOST as usize);
}
