//! How connections end with their server.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use frames::{Kind, PREFACE, frame, get, stream};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use listener::{Ending, Limits, Listener, Times};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use crate::server::{GOAWAY, kinds};

/// Longer than any test.
const LONG: Duration = Duration::from_secs(3600);
/// No test waits for this end.
const NOW: Duration = Duration::ZERO;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: h\r\n\r\n";
const SLOW: &[u8] = b"GET /slow HTTP/1.1\r\nhost: h\r\n\r\n";

/// A server that can be told to end. `/slow` is not answered until it is released.
struct Server {
    address: SocketAddr,
    tell: oneshot::Sender<Times>,
    ending: Ending,
    /// How many requests to `/slow` have come.
    waiting: Arc<Semaphore>,
    slow: Arc<Semaphore>,
    served: JoinHandle<bool>,
}

impl Server {
    async fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let listener = Listener::clear(socket, Limits::default());
        let (tell, told) = oneshot::channel();
        let ending = Ending::after(async { told.await.unwrap() });
        let (waiting, slow) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let served = tokio::spawn({
            let (ending, waiting, slow) = (ending.clone(), waiting.clone(), slow.clone());
            async move {
                let service = |_| {
                    let (waiting, slow) = (waiting.clone(), slow.clone());
                    service_fn(move |request| answer(request, waiting.clone(), slow.clone()))
                };
                listener::serve(listener, service, &ending).await
            }
        });
        Self {
            address,
            tell,
            ending,
            waiting,
            slow,
            served,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection with a request in flight.
    async fn waits(&self, request: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(request).await.unwrap();
        self.waiting.acquire().await.unwrap().forget();
        stream
    }
}

async fn answer(
    request: Request<Incoming>,
    waiting: Arc<Semaphore>,
    slow: Arc<Semaphore>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == "/slow" {
        waiting.add_permits(1);
        slow.acquire().await.unwrap().forget();
    }
    Ok(Response::new(Full::new(Bytes::from_static(b"answer"))))
}

fn http2(requests: &[u8]) -> Vec<u8> {
    [PREFACE, &frame(Kind::Settings, 0, 0, &[]), requests].concat()
}

/// All bytes until the server closes.
async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    rest
}

/// Asserts that a complete HTTP/1.1 answer comes; returns whether it is the last one.
async fn one_answer(stream: &mut TcpStream) -> bool {
    let mut answer = Vec::new();
    while !answer.ends_with(b"answer") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "{answer:?}");
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer.contains("connection: close")
}

#[tokio::test]
async fn while_it_drains_each_request_is_answered_and_the_last_of_its_connection() {
    let server = Server::start().await;
    let mut kept = server.connect().await;
    kept.write_all(REQUEST).await.unwrap();
    assert!(!one_answer(&mut kept).await);
    let mut slow = server.waits(SLOW).await;
    let times = Times {
        draining: LONG,
        closing: LONG,
    };
    server.tell.send(times).unwrap();
    server.ending.draining().await;
    server.slow.add_permits(1);
    assert!(one_answer(&mut slow).await);
    kept.write_all(REQUEST).await.unwrap();
    assert!(one_answer(&mut kept).await, "one that was kept");
    let mut fresh = TcpStream::connect(server.address).await.unwrap();
    fresh.write_all(REQUEST).await.unwrap();
    assert!(one_answer(&mut fresh).await, "one that comes now");
    for stream in [kept, slow, fresh] {
        assert_eq!(rest(stream).await, b"");
    }
    server.served.abort();
}

#[tokio::test]
async fn while_it_drains_http_2_goes_away_and_loses_no_request() {
    let server = Server::start().await;
    let slow = server.waits(&http2(&get(1, "/slow"))).await;
    let times = Times {
        draining: LONG,
        closing: LONG,
    };
    server.tell.send(times).unwrap();
    server.ending.draining().await;
    // One request on the same connection crosses the GOAWAY; another comes on a new connection.
    let mut slow = slow;
    slow.write_all(&get(stream(1), "/")).await.unwrap();
    server.slow.add_permits(1);
    let mut fresh = TcpStream::connect(server.address).await.unwrap();
    fresh.write_all(&http2(&get(1, "/"))).await.unwrap();
    for (mut connection, answers) in [(slow, 2), (fresh, 1)] {
        let mut sent = Vec::new();
        // The last GOAWAY comes once the client has answered the PING after the first.
        while matches!(connection.read_buf(&mut sent).await, Ok(1..)) {
            for ping in pings(&sent) {
                let pong = frame(Kind::Ping, 1, 0, &ping);
                // The server may have closed already.
                let _ = connection.write_all(&pong).await;
            }
        }
        let kinds = kinds(&sent);
        let count = |kind: u8| kinds.iter().filter(|found| **found == kind).count();
        assert_eq!(count(Kind::Headers as u8), answers, "{kinds:?}");
        assert!(count(GOAWAY) >= 1, "{kinds:?}");
    }
    server.served.abort();
}

/// The contents of PING frames that are not acknowledgements.
fn pings(mut sent: &[u8]) -> Vec<[u8; 8]> {
    let mut pings = Vec::new();
    while let [a, b, c, kind, flags, _, _, _, _, rest @ ..] = sent {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        if (*kind, *flags) == (Kind::Ping as u8, 0)
            && let Some(content) = rest.first_chunk()
        {
            pings.push(*content);
        }
        sent = rest.get(length..).unwrap_or_default();
    }
    pings
}

#[tokio::test]
async fn after_that_nobody_is_accepted_idle_connections_end_and_what_is_in_flight_finishes() {
    let server = Server::start().await;
    let mut idle = server.connect().await;
    idle.write_all(REQUEST).await.unwrap();
    one_answer(&mut idle).await;
    let mut slow = server.waits(SLOW).await;
    let times = Times {
        draining: NOW,
        closing: LONG,
    };
    server.tell.send(times).unwrap();
    assert_eq!(rest(idle).await, b"");
    assert!(TcpStream::connect(server.address).await.is_err());
    server.slow.add_permits(1);
    assert!(one_answer(&mut slow).await);
    assert!(server.served.await.unwrap(), "all have finished");
}

#[tokio::test]
async fn what_takes_too_long_is_cut() {
    let server = Server::start().await;
    let slow = server.waits(SLOW).await;
    server.tell.send(Times::default()).unwrap();
    assert!(!server.served.await.unwrap());
    assert_eq!(rest(slow).await, b"");
}
