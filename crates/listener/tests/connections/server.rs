//! A server that answers everything with the same few bytes, or never.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use listener::{Counts, Ending, Limits, Listener};
use metrics::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// Longer than any test.
pub(crate) const FOR_EVER: Duration = Duration::from_secs(86_400);

/// Short enough for a test to wait.
pub(crate) const SHORT: Duration = Duration::from_millis(50);

/// A GET that is the last request of its connection.
pub(crate) const GET: &str = "GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    counts: Counts,
    served: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(limits: Limits) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        Self::with(Listener::clear(socket, limits), address)
    }

    pub(crate) fn with(listener: Listener, address: SocketAddr) -> Self {
        let service = |_| service_fn(answer);
        let counts = listener.counts().clone();
        let served = tokio::spawn(async move {
            listener::serve(listener, service, &Ending::default()).await;
        });
        Self {
            address,
            counts,
            served,
        }
    }

    /// Whether the server's metrics have this line.
    pub(crate) fn counts(&self, line: &str) -> bool {
        let mut registry = Registry::new("test", "0");
        self.counts.register(&mut registry);
        registry.text().lines().any(|have| have == line)
    }

    /// A connection from the loopback address that ends in `host`.
    pub(crate) async fn connect(&self, host: u8) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, host], 0).into()).unwrap();
        socket.connect(self.address).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.served.abort();
    }
}

/// The path of what is never answered.
pub(crate) const NEVER: &str = "/never";

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == NEVER {
        pending::<()>().await;
    }
    Ok(Response::new(Full::new(Bytes::from_static(b"answer"))))
}

/// Sends `bytes` over `stream` and returns all that comes until the server closes. The connection may be
/// reset, as when the server has not read everything.
pub(crate) async fn exchange(stream: &mut TcpStream, bytes: &[u8]) -> Vec<u8> {
    let mut answer = Vec::new();
    if stream.write_all(bytes).await.is_ok() {
        let _ = stream.read_to_end(&mut answer).await;
    }
    answer
}

/// Sends what `next` gives, again and again; returns when the server has closed.
pub(crate) async fn flood(stream: &mut TcpStream, next: impl Fn(u32) -> Vec<u8>) {
    let (mut reader, mut writer) = stream.split();
    let writing = async {
        let mut number = 0;
        while writer.write_all(&next(number)).await.is_ok() {
            number += 1;
        }
    };
    let mut answers = [0; 4096];
    let reading = async { while matches!(reader.read(&mut answers).await, Ok(1..)) {} };
    tokio::select! {
        () = writing => {}
        () = reading => {}
    }
}

/// The frame type GOAWAY (RFC 9113, section 6.8).
pub(crate) const GOAWAY: u8 = 7;

/// The types of the frames that a server has sent.
pub(crate) fn kinds(mut sent: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = sent {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        kinds.push(*kind);
        sent = rest.get(length..).unwrap_or_default();
    }
    kinds
}
