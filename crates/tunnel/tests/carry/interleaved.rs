//! Many requests of many users at once, on few connections, with resets at random places: no answer reaches
//! another user.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use ::tls::{Files, acceptor};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tokio_util::task::AbortOnDropHandle;

use crate::asking::{Asking, BOTH, Speaks, read};
use crate::direct::{Direct, Scripted, connect};
use crate::tls::Identity;

/// Pseudo-random numbers, the same at each run.
struct Random(AtomicU64);

impl Random {
    fn below(&self, most: u64) -> u64 {
        let next = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)) % most
    }
}

/// An API server that answers each request with its user and path, many times.
pub(crate) struct Api {
    port: u16,
    pub(crate) origin: String,
    pub(crate) connections: Arc<AtomicUsize>,
    _server: AbortOnDropHandle<()>,
}

/// How an API server behaves.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// The limit of streams on an HTTP/2 connection; `None`: HTTP/1.1.
    streams: Option<u32>,
    /// Whether it breaks off at random places.
    breaks: bool,
    /// After this many requests it sends GOAWAY.
    goes_away: usize,
}

const USUAL: Manner = Manner {
    streams: Some(100),
    breaks: false,
    goes_away: usize::MAX,
};

impl Api {
    /// An API server with TLS.
    pub(crate) async fn start(files: Files, manner: Manner) -> Self {
        Self::at(0, files, manner).await
    }

    /// An API server at this port.
    pub(crate) async fn at(port: u16, files: Files, manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let protocols: &[&[u8]] = match manner.streams {
            Some(_) => &[b"h2", b"http/1.1"],
            None => &[b"http/1.1"],
        };
        let acceptor = acceptor(files, protocols).unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        let random = Arc::new(Random(AtomicU64::new(1)));
        let server = tokio::spawn(async move {
            let mut all = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, random) = (acceptor.clone(), random.clone());
                counted.fetch_add(1, Ordering::Relaxed);
                all.spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        speak(stream, random, manner).await;
                    }
                });
            }
        });
        Self {
            port,
            origin: format!("https://localhost:{port}"),
            connections,
            _server: AbortOnDropHandle::new(server),
        }
    }
}

async fn speak(stream: TlsStream<TcpStream>, random: Arc<Random>, manner: Manner) {
    let (asked, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let noted = enough.clone();
    let service = service_fn(move |request| {
        if asked.fetch_add(1, Ordering::Relaxed) + 1 == manner.goes_away {
            noted.notify_one();
        }
        answer(request, random.clone(), manner.breaks)
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http2().max_concurrent_streams(manner.streams);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        () = enough.notified() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// The text that a user gets repeatedly.
fn word(user: &str, path: &str) -> String {
    format!("[{user} {path}]")
}

async fn answer(
    request: Request<Incoming>,
    random: Arc<Random>,
    breaks: bool,
) -> Result<Response<Pieces>, Box<dyn std::error::Error + Send + Sync>> {
    let user = request.headers()["x-user"].to_str().unwrap().to_owned();
    let word = word(&user, request.uri().path());
    let version = format!("{:?}", request.version());
    let stays = request.headers().contains_key("x-stays");
    let sent = request.into_body().collect().await?.to_bytes();
    // Nor does a body reach another user.
    assert!(sent.is_empty() || sent == user.as_bytes());
    if breaks && random.below(20) == 0 {
        return Err("before the head".into());
    }
    let (frames, pieces) = mpsc::channel(1);
    // A watch is long, in pieces that are small enough to be no load by themselves.
    let (times, word) = match stays {
        true => (u64::MAX - 1, word.repeat(100)),
        false => (random.below(30), word),
    };
    let breaks_at = if breaks { random.below(60) } else { u64::MAX };
    tokio::spawn(async move {
        for time in 0..=times {
            let piece = match time == breaks_at {
                true => Err("within the body"),
                false => Ok(Frame::data(Bytes::from(word.clone()))),
            };
            if frames.send(piece).await.is_err() {
                return;
            }
        }
    });
    let response = Response::builder().header("x-version", version);
    Ok(response.body(Pieces(pieces))?)
}

/// A body from a channel.
struct Pieces(mpsc::Receiver<Result<Frame<Bytes>, &'static str>>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        self.0.poll_recv(context)
    }
}

/// A component that sends each request to `origin` as its user.
pub(crate) fn component(origin: &str) -> Arc<Scripted> {
    let origin = origin.to_owned();
    Scripted::new(move |message| {
        if let Some(open) = message.get("open") {
            let mut verdict = connect(open, &origin);
            let is_log = open["target"].as_str().unwrap().ends_with("/log");
            verdict["connect"]["plain"]["apart"] = json!(is_log);
            return (200, verdict);
        }
        match message.get("failed") {
            Some(_) => (
                200,
                json!({ "answer": { "status": 503, "headers": [], "body": "" } }),
            ),
            None => (204, Value::Null),
        }
    })
}

/// A tunnel to `api`, whose certificate is `identity`'s.
pub(crate) async fn direct(api: &Api, identity: &Identity, component: Arc<Scripted>) -> Direct {
    Direct::trusting(&api.origin, identity, component).await
}

fn request(user: &str, number: u64) -> Request<Full<Bytes>> {
    let request = Request::builder()
        .uri(format!("/k8s/api/{user}/{number}"))
        .header("x-user", user);
    let body = match number % 3 {
        0 => Full::from(user.to_owned()),
        _ => Full::default(),
    };
    let method = if number.is_multiple_of(3) {
        "POST"
    } else {
        "GET"
    };
    request.method(method).body(body).unwrap()
}

/// One user's requests, one after the other on one connection; returns how many answers were complete.
async fn asks(direct: Arc<Direct>, speaks: Speaks, user: String, random: Arc<Random>) -> u64 {
    let mut whole = 0;
    let mut asking = Asking::to(direct.address, speaks).await;
    for number in 0..REQUESTS {
        let answer = asking.send(request(&user, number)).await;
        let Ok(response) = answer else {
            // A cut answer over HTTP/1.1 ends the connection.
            asking = Asking::to(direct.address, speaks).await;
            continue;
        };
        if random.below(20) == 0 {
            // The client goes in the middle of the answer.
            drop(response);
            asking = Asking::to(direct.address, speaks).await;
            continue;
        }
        let heard = read(response).await;
        if heard.status == 503 {
            continue;
        }
        let word = word(&user, &format!("/api/{user}/{number}"));
        let all = word.repeat(heard.body.len() / word.len() + 1);
        assert!(all.starts_with(heard.text()), "{word}: {}", heard.text());
        if heard.is_whole {
            assert_eq!(heard.body.len() % word.len(), 0, "{}", heard.text());
            whole += 1;
        }
    }
    whole
}

const USERS: u64 = 30;
const REQUESTS: u64 = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobodys_answer_reaches_another() {
    let identity = Identity::new();
    for streams in [Some(7), None] {
        let manner = Manner {
            streams,
            breaks: true,
            ..USUAL
        };
        let api = Api::start(identity.files.clone(), manner).await;
        let component = component(&api.origin);
        let direct = Arc::new(direct(&api, &identity, component.clone()).await);
        let random = Arc::new(Random(AtomicU64::new(7)));
        let mut users = JoinSet::new();
        for user in 0..USERS {
            let speaks = BOTH[usize::try_from(user % 2).unwrap()];
            let name = format!("user{user}");
            users.spawn(asks(direct.clone(), speaks, name, random.clone()));
        }
        let whole: u64 = users.join_all().await.into_iter().sum();
        assert!(whole > USERS * REQUESTS / 2, "{whole}");
        // Each request has left one line, except those that the component reports itself.
        let decided = component.asked("open").len();
        let told = component.asked("failed").len();
        let lines = async {
            while component.lines().len() + told < decided {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), lines).await.unwrap();
        assert_eq!(component.lines().len() + told, decided);
    }
}

#[tokio::test]
async fn there_are_as_many_connections_as_it_takes_and_no_more() {
    let identity = Identity::new();
    let manner = Manner {
        streams: Some(10),
        ..USUAL
    };
    let api = Api::start(identity.files.clone(), manner).await;
    let direct = direct(&api, &identity, component(&api.origin)).await;
    let mut asking = Asking::to(direct.address, Speaks::Http2).await;
    // A watch that nobody reads holds its stream.
    let mut watches = Vec::new();
    for number in 0..25 {
        let request = Request::get(format!("/k8s/watch/{number}"))
            .header("x-user", "alice")
            .header("x-stays", "1");
        let request = request.body(Full::default()).unwrap();
        watches.push(asking.send(request).await.unwrap());
    }
    assert_eq!(api.connections.load(Ordering::Relaxed), 3);
    drop((watches, asking));
    let mut asking = Asking::to(direct.address, Speaks::Http2).await;
    for number in 0..25 {
        let heard = read(asking.send(request("alice", number)).await.unwrap()).await;
        assert!(heard.is_whole);
    }
    assert_eq!(api.connections.load(Ordering::Relaxed), 3);
}

/// Sends this many requests at once, and expects an answer to each.
async fn all_are_answered(direct: &Direct, times: u64) {
    let mut asking = JoinSet::new();
    for number in 0..times {
        let address = direct.address;
        asking.spawn(async move {
            let mut asking = Asking::to(address, Speaks::Http2).await;
            read(asking.send(request("alice", number)).await.unwrap()).await
        });
    }
    for heard in asking.join_all().await {
        assert_eq!(heard.status, 200, "{}", heard.text());
        assert!(heard.is_whole);
    }
}

#[tokio::test]
async fn a_server_that_has_connections_go_away_is_not_noticed() {
    let identity = Identity::new();
    let manner = Manner {
        goes_away: 3,
        ..USUAL
    };
    let api = Api::start(identity.files.clone(), manner).await;
    let direct = direct(&api, &identity, component(&api.origin)).await;
    for _ in 0..20 {
        all_are_answered(&direct, 5).await;
    }
    assert!(api.connections.load(Ordering::Relaxed) > 5);
}

#[tokio::test]
async fn a_server_that_was_started_again_is_not_noticed() {
    let identity = Identity::new();
    for streams in [Some(100), None] {
        let manner = Manner { streams, ..USUAL };
        let mut api = Api::start(identity.files.clone(), manner).await;
        let direct = direct(&api, &identity, component(&api.origin)).await;
        for _ in 0..3 {
            all_are_answered(&direct, 5).await;
            let port = api.port;
            drop(api);
            // The connections are gone once nobody can open another.
            while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                tokio::task::yield_now().await;
            }
            api = Api::at(port, identity.files.clone(), manner).await;
        }
        all_are_answered(&direct, 5).await;
    }
}

#[tokio::test]
async fn what_others_cut_into_pieces_shares_its_connection_with_nobody() {
    let identity = Identity::new();
    let api = Api::start(identity.files.clone(), USUAL).await;
    let direct = direct(&api, &identity, component(&api.origin)).await;
    let mut asking = Asking::to(direct.address, Speaks::Http2).await;
    for (target, version) in [
        ("/k8s/api", "HTTP/2.0"),
        ("/k8s/log", "HTTP/1.1"),
        ("/k8s/api", "HTTP/2.0"),
        ("/k8s/log", "HTTP/1.1"),
    ] {
        let request = Request::get(target).header("x-user", "alice");
        let answer = asking.send(request.body(Full::default()).unwrap()).await;
        let heard = read(answer.unwrap()).await;
        assert_eq!(heard.headers["x-version"], version, "{target}");
        assert!(heard.is_whole);
    }
    // Each connection is kept for the next request.
    assert_eq!(api.connections.load(Ordering::Relaxed), 2);
}
