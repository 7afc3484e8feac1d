//! A tunnel for plain requests, with a component in the same process that answers as a test says.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use egress::Proxies;
use http::{Request, Response};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use listener::Ending;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;
use traces::Trace;
use tunnel::{Answered, Body, Component, Config, Counts, Kind, Limits, Server, Trust, Tunnel};

use crate::api::Api;
use crate::component::{TOKEN, each};
use crate::tls::Identity;

/// How a component answers a message.
type Says = Box<dyn FnMut(&Value) -> (u16, Value) + Send>;

/// A component that answers as it is told, and records the questions and the written lines.
pub(crate) struct Scripted {
    says: Mutex<Says>,
    asked: Mutex<Vec<Value>>,
    lines: Mutex<Vec<Value>>,
}

impl Scripted {
    /// A component with these answers.
    pub(crate) fn new(says: impl FnMut(&Value) -> (u16, Value) + Send + 'static) -> Arc<Self> {
        Arc::new(Self {
            says: Mutex::new(Box::new(says)),
            asked: Mutex::default(),
            lines: Mutex::default(),
        })
    }

    /// All messages of the kind `kind` so far.
    pub(crate) fn asked(&self, kind: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        let found = asked.iter().filter_map(|message| message.get(kind));
        found.cloned().collect()
    }

    /// All audit lines so far.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.lines.lock().unwrap().clone()
    }

    /// The one audit line, once it is written.
    pub(crate) async fn line(&self) -> Value {
        loop {
            let lines = self.lines();
            assert!(lines.len() < 2, "{lines:?}");
            if let Some(line) = lines.into_iter().next() {
                return line;
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Component for Scripted {
    fn ask(&self, request: Request<Bytes>) -> Answered<'_> {
        assert_eq!(request.uri(), "/-/tunnel");
        assert_eq!(
            request.headers()["authorization"],
            format!("Bearer {TOKEN}")
        );
        let message: Value = serde_json::from_slice(request.body()).unwrap();
        let answer = each(message, |message| {
            let answer = (self.says.lock().unwrap())(&message);
            self.asked.lock().unwrap().push(message);
            Some(answer)
        });
        let (status, answer) = answer.unwrap();
        let body = match answer {
            Value::Null => Bytes::new(),
            answer => Bytes::from(answer.to_string()),
        };
        let response = Response::builder().status(status).body(body).unwrap();
        Box::pin(async move { Ok(response) })
    }

    fn write(&self, line: &str, _: &Trace) {
        let line = serde_json::from_str(line).unwrap();
        self.lines.lock().unwrap().push(line);
    }
}

/// A running tunnel. Dropping it stops it.
pub(crate) struct Direct {
    pub(crate) address: SocketAddr,
    pub(crate) component: Arc<Scripted>,
    pub(crate) counts: Counts,
    _server: AbortOnDropHandle<()>,
}

impl Direct {
    /// A tunnel that connects only to `origin`.
    pub(crate) async fn to(origin: &str, component: Arc<Scripted>) -> Self {
        Self::with(origin, component, Limits::default(), Trust::default()).await
    }

    /// Like [`Self::to`]; `origin` has the certificate of `identity`.
    pub(crate) async fn trusting(
        origin: &str,
        identity: &Identity,
        component: Arc<Scripted>,
    ) -> Self {
        let trust = Trust {
            ca_files: vec![identity.files.certificates.clone()],
            webpki_roots: false,
        };
        Self::with(origin, component, Limits::default(), trust).await
    }

    /// Like [`Self::to`], with these limits.
    pub(crate) async fn with(
        origin: &str,
        component: Arc<Scripted>,
        limits: Limits,
        trust: Trust,
    ) -> Self {
        let tls = trust.client_config().unwrap();
        let tunnel = Tunnel::new(Config {
            token: TOKEN.to_owned(),
            origins: vec![origin.parse().unwrap()],
            proxies: Proxies::default(),
            trust,
            apps: vec![Server {
                origin: origin.parse().unwrap(),
                tls: tls.clone(),
                proxy_tls: tls,
            }],
            app_proxies: Proxies::default(),
            trusted_proxies: Vec::new(),
            limits,
        })
        .unwrap();
        let counts = tunnel.counts().clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(serve(listener, Arc::new(tunnel), component.clone()));
        Self {
            address,
            component,
            counts,
            _server: AbortOnDropHandle::new(server),
        }
    }
}

async fn serve(listener: TcpListener, tunnel: Arc<Tunnel>, component: Arc<Scripted>) {
    let mut connections = JoinSet::new();
    let ending = Ending::default();
    loop {
        let (stream, client) = listener.accept().await.unwrap();
        let (tunnel, component, ending) = (tunnel.clone(), component.clone(), ending.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let (tunnel, component, ending) = (tunnel.clone(), component.clone(), ending.clone());
            async move {
                let (parts, body) = request.into_parts();
                assert!(!tunnel::is_upgrade(&parts));
                let kind = Kind::of(parts.uri.path()).unwrap();
                let request = Request::from_parts(parts, body);
                let answer = tunnel.carry_plain(kind, request, client, component, &ending);
                Ok::<Response<Body>, Infallible>(answer.await)
            }
        });
        connections.spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// A component that has each request carried to `origin`, for as long as it lasts.
pub(crate) fn always(origin: &str) -> Arc<Scripted> {
    let origin = origin.to_owned();
    Scripted::new(move |message| {
        if let Some(open) = message.get("open") {
            return (200, connect(open, &origin));
        }
        match message.get("look") {
            Some(_) => (200, json!({ "go_on": true, "ticket": "with-a-place" })),
            None => (204, Value::Null),
        }
    })
}

/// An API server in the clear, and a tunnel that has each request carried to it.
pub(crate) async fn carried() -> (Api, Direct) {
    let api = Api::start().await;
    let origin = format!("http://{}", api.address);
    let direct = Direct::to(&origin, always(&origin)).await;
    (api, direct)
}

/// The verdict that a request goes to `origin` unchanged, without a time limit, with its user's own token.
pub(crate) fn connect(open: &Value, origin: &str) -> Value {
    let passes = |header: &&Value| {
        let name = header[0].as_str().unwrap();
        name.starts_with("x-") || name == "content-length" || name == "content-type"
    };
    let headers = open["headers"].as_array().unwrap().iter().filter(passes);
    let target = open["target"].as_str().unwrap();
    json!({ "connect": {
        "origin": origin,
        "method": open["method"],
        "target": target.strip_prefix("/k8s").unwrap(),
        "headers": headers.collect::<Vec<_>>(),
        "location_prefix": "/k8s",
        "ticket": "the-ticket",
        "plain": {
            "body": { "most": 100_000_000, "kept": 65536, "at_once": 1000, "patience": 30000 },
            "limits": { "connect": 5000, "send": 60000, "answer": 60000 },
            "looks": { "every": 5000, "patience": 45000 },
            "events": true,
            "holds_place": false,
            "audit": { "event": "kubernetes", "route": "kubernetes", "outcome": "", "request_id": "r",
                       "sent": 0, "received": 0, "milliseconds": 0 },
        },
    }})
}
