//! The component over HTTP, through a pool of connections.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use egress::Proxies;
use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio_rustls::rustls::ClientConfig;
use tower_service::Service;
use traces::{Span, Trace};

use crate::connect::{Stream, connect};
use crate::relay::{self, Body};
use crate::{Answered, Component, Origin};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long unused connections are kept: shorter than any server keeps them, so that no request meets a
/// closing connection.
const UNUSED: Duration = Duration::from_secs(10);
/// The longest answer to the tunnel's own questions, in bytes.
const ANSWER: usize = 1024 * 1024;

/// The component, at its origin.
pub(crate) struct Backend {
    origin: Origin,
    client: Client<Connector, Body>,
}

impl Backend {
    pub(crate) fn new(origin: Origin, tls: Arc<ClientConfig>) -> Self {
        let connector = Connector {
            origin: origin.clone(),
            tls,
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(UNUSED)
            .build(connector);
        Self { origin, client }
    }

    /// Sends `request`, whose URI is a path. Its extensions hold its trace, if there is one.
    pub(crate) async fn send(
        &self,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, Error> {
        let span = self.traced(&mut request);
        if let Some(target) = request.uri().path_and_query().cloned()
            && let Ok(uri) = self.uri(target)
        {
            *request.uri_mut() = uri;
        }
        let answer = self.client.request(request).await;
        match &answer {
            Ok(answer) => span.answered(answer.status()),
            Err(_) => span.failed("failed"),
        }
        answer
    }

    /// The span of `request`. The request gets its trace context.
    fn traced(&self, request: &mut Request<Body>) -> Span {
        let trace: Trace = request.extensions_mut().remove().unwrap_or_default();
        let call = self.origin.call(request.method(), request.uri().path());
        let span = trace.call(&call);
        span.pass_on(request.headers_mut());
        span
    }

    fn uri(&self, target: PathAndQuery) -> http::Result<Uri> {
        Uri::builder()
            .scheme(if self.origin.secure { "https" } else { "http" })
            .authority(self.origin.authority())
            .path_and_query(target)
            .build()
    }
}

impl Component for Backend {
    fn ask(&self, request: Request<Bytes>) -> Answered<'_> {
        Box::pin(async move {
            let answer = self.send(request.map(relay::full)).await;
            let (head, body) = answer.map_err(|error| describe(&error))?.into_parts();
            let body = Limited::new(body, ANSWER).collect().await;
            let body = body.map_err(|error| error.to_string())?;
            Ok(Response::from_parts(head, body.to_bytes()))
        })
    }

    fn write(&self, line: &str, _: &Trace) {
        // A closed stdout must not stop the service.
        let _ = io::stdout().write_all(format!("{line}\n").as_bytes());
    }
}

/// `error` and its causes.
pub(crate) fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Connects to the component, whatever the URI says.
#[derive(Clone)]
struct Connector {
    origin: Origin,
    tls: Arc<ClientConfig>,
}

type Connecting = Pin<Box<dyn Future<Output = io::Result<TokioIo<Box<dyn Stream>>>> + Send>>;

impl Service<Uri> for Connector {
    type Response = TokioIo<Box<dyn Stream>>;
    type Error = io::Error;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Connecting {
        let Self { origin, tls } = self.clone();
        Box::pin(async move {
            // The component is in the same pod or cluster.
            let straight = &Proxies::default();
            let stream = connect(&origin, straight, tls, CONNECT).await?;
            Ok(TokioIo::new(stream))
        })
    }
}

impl Connection for Box<dyn Stream> {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}
