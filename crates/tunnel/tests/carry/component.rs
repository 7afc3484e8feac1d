//! A component over HTTP, which answers as a test says and records the questions.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::direct;

/// The bearer between component and tunnel in these tests.
pub(crate) const TOKEN: &str = "the-token-of-the-tests-has-32-bytes";

/// The component's answer to a message; `None` is no answer.
pub(crate) type Answer = Option<(u16, Value)>;
type Answers = Arc<Mutex<Box<dyn FnMut(&Value) -> Answer + Send>>>;
type Body = BoxBody<Bytes, hyper::Error>;

/// A running component. Dropped, it stops.
pub(crate) struct Component {
    pub(crate) address: SocketAddr,
    answers: Answers,
    asked: mpsc::UnboundedReceiver<Value>,
    server: AbortOnDropHandle<()>,
}

impl Component {
    /// A component that sends all requests to `api`, lets them go on, and accepts reports.
    pub(crate) async fn start(api: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asks, asked) = mpsc::unbounded_channel();
        let api = api.to_owned();
        let usual = move |message: &Value| Some(usual(message, &api));
        let answers: Answers = Arc::new(Mutex::new(Box::new(usual)));
        let server = serve(listener, answers.clone(), asks);
        Self {
            address,
            answers,
            asked,
            server: AbortOnDropHandle::new(tokio::spawn(server)),
        }
    }

    /// From now on `answer` answers. Where it returns `None`, there is no answer.
    pub(crate) fn answer(&self, answer: impl FnMut(&Value) -> Answer + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answer);
    }

    /// The next message of the kind `kind`; others before it are skipped.
    pub(crate) async fn asked(&mut self, kind: &str) -> Value {
        loop {
            let mut message = self.asked.recv().await.unwrap();
            if let Some(found) = message.get_mut(kind) {
                return found.take();
            }
        }
    }

    /// Stops it; returns its address.
    pub(crate) async fn stop(&mut self) -> SocketAddr {
        self.server.abort();
        // The error says that the task was aborted.
        let _ = (&mut self.server).await;
        self.address
    }

    /// Whether the test has taken all questions.
    pub(crate) fn is_silent(&mut self) -> bool {
        self.asked.try_recv().is_err()
    }
}

/// How a component usually answers.
pub(crate) fn usual(message: &Value, api: &str) -> (u16, Value) {
    if let Some(open) = message.get("open") {
        return (200, connect(open, api));
    }
    match message.get("look") {
        Some(_) => (200, json!({ "go_on": true })),
        None => (204, Value::Null),
    }
}

/// The decision to carry `open` to `api`, with the client's headers except its authorization.
pub(crate) fn connect(open: &Value, api: &str) -> Value {
    if open["plain"] == true {
        return direct::connect(open, api);
    }
    let passes = |header: &&Value| {
        let name = header[0].as_str().unwrap();
        name.starts_with("sec-") || name.starts_with("x-")
    };
    let headers = open["headers"].as_array().unwrap().iter().filter(passes);
    let mut headers: Vec<Value> = headers.cloned().collect();
    headers.push(json!(["authorization", "Bearer the-aks-token"]));
    let target = open["target"].as_str().unwrap();
    json!({ "connect": {
        "origin": api,
        "method": open["method"],
        "target": target.strip_prefix("/k8s").unwrap_or(target),
        "headers": headers,
        "ticket": "the-ticket",
        "is_known": true,
        "audit": true,
    }})
}

async fn serve(listener: TcpListener, answers: Answers, asks: mpsc::UnboundedSender<Value>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (answers, asks) = (answers.clone(), asks.clone());
        let service = service_fn(move |request| respond(request, answers.clone(), asks.clone()));
        connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(
    request: Request<Incoming>,
    answers: Answers,
    asks: mpsc::UnboundedSender<Value>,
) -> Result<Response<Body>, Infallible> {
    if request.uri().path() == "/-/tunnel" {
        return Ok(answer(request, answers, asks).await);
    }
    let (head, body) = request.into_parts();
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = head.headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| json!([name.as_str(), text(value)]))
        .collect();
    let seen = json!({ "forwarded": {
        "method": head.method.as_str(),
        "target": head.uri.to_string(),
        "headers": headers,
    }});
    asks.send(seen).unwrap();
    let response = match head.uri.path() {
        "/echo" => Response::builder()
            .header("connection", "x-hop")
            .header("x-hop", "1")
            .header("x-end", "2")
            .body(body.boxed()),
        _ => not_found(),
    };
    Ok(response.unwrap())
}

/// The component's answer for an unknown path.
fn not_found() -> http::Result<Response<Body>> {
    let response = Response::builder().status(404).header("x-component", "yes");
    response.body(whole("nothing here"))
}

async fn answer(
    request: Request<Incoming>,
    answers: Answers,
    asks: mpsc::UnboundedSender<Value>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let bearers: Vec<_> = head.headers.get_all("authorization").iter().collect();
    let bearer = format!("Bearer {TOKEN}");
    if head.method != "POST" || bearers != [bearer.as_str()] {
        return not_found().unwrap();
    }
    assert_eq!(head.headers["content-type"], "application/json");
    let message: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(message.as_object().unwrap().len(), 1);
    let answer = each(message, |message| {
        let answer = (answers.lock().unwrap())(&message);
        asks.send(message).unwrap();
        answer
    });
    let Some((status, body)) = answer else {
        return std::future::pending().await;
    };
    let body = match body {
        Value::Null => whole(""),
        body => whole(&body.to_string()),
    };
    Response::builder().status(status).body(body).unwrap()
}

/// Answers `message` by `answer`; a question about many is answered entry by entry.
pub(crate) fn each(message: Value, mut answer: impl FnMut(Value) -> Answer) -> Answer {
    let Some(asks) = message.get("look_all").and_then(Value::as_array) else {
        return answer(message);
    };
    let mut all = Vec::new();
    for ask in asks {
        match answer(json!({ "look": ask }))? {
            (200, looked) => all.push(looked),
            other => return Some(other),
        }
    }
    Some((200, Value::from(all)))
}

fn whole(text: &str) -> Body {
    let body = Full::new(Bytes::copy_from_slice(text.as_bytes()));
    body.map_err(|never| match never {}).boxed()
}
