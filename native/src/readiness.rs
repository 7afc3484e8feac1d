//! `/readyz` of `serve`: the component says what is away, and the process that it is about to end.

use std::sync::Arc;
use std::time::Duration;

use host::{App, Body, Client};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Bytes;
use listener::Ending;
use probes::{READYZ, Report, is_verbose};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// How long an answer of the component counts. A client that asks often costs store and sidecar no more than
/// one that asks every second.
const FRESH: Duration = Duration::from_secs(1);
/// How long the component may take, while everybody waits: longer than a Redis that does not answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// When the component was asked, and what it said in all words.
type Said = (Instant, Response<Bytes>);

/// Whether requests may come.
pub(crate) struct Readiness {
    ending: Ending,
    /// What the component has said last. Held while it is asked, so that it is
    /// asked once however many wait.
    last: Arc<Mutex<Option<Said>>>,
}

impl Readiness {
    pub(crate) fn new(ending: Ending) -> Self {
        Self {
            ending,
            last: Arc::default(),
        }
    }

    /// Whether `request` asks for it.
    pub(crate) fn is_asked(request: &Parts) -> bool {
        request.uri.path() == READYZ && matches!(request.method, Method::GET | Method::HEAD)
    }

    /// Answers `request`.
    pub(crate) async fn answer(
        &self,
        request: &Parts,
        app: &Arc<App>,
        client: Client,
    ) -> Response<Body> {
        if self.ending.is_draining() {
            return draining(request.uri.query());
        }
        let (head, all) = self.component(app, client).await.into_parts();
        let is_short = head.status == StatusCode::OK && !is_verbose(request.uri.query());
        let body = if is_short { "ok".into() } else { all };
        Response::from_parts(head, whole(body))
    }

    /// What the component says in all words: now, or a moment ago.
    async fn component(&self, app: &Arc<App>, client: Client) -> Response<Bytes> {
        let mut last = self.last.clone().lock_owned().await;
        if let Some((said, answer)) = &*last
            && said.elapsed() < FRESH
        {
            return answer.clone();
        }
        let app = app.clone();
        // A task of its own: whoever goes away meanwhile must not have it asked again by the next one.
        let asked = tokio::spawn(async move {
            let answer = timeout(PATIENCE, ask(&app, client)).await;
            let answer = answer.unwrap_or_else(|_| failed());
            *last = Some((Instant::now(), answer.clone()));
            answer
        });
        asked.await.unwrap_or_else(|_| failed())
    }
}

/// Asks the component, whatever else is under way.
async fn ask(app: &App, client: Client) -> Response<Bytes> {
    let body = Empty::<Bytes>::new().map_err(|never| match never {});
    let mut request: Request<Body> = Request::new(body.boxed_unsync());
    *request.uri_mut() = Uri::from_static("/readyz?verbose");
    let host = HeaderValue::from_static("localhost");
    request.headers_mut().insert(HOST, host);
    let (mut head, body) = app.answer_own(request, client).await.into_parts();
    // The answer may be shortened.
    head.headers.remove(CONTENT_LENGTH);
    match body.collect().await {
        Ok(body) => Response::from_parts(head, body.to_bytes()),
        // An instance that fails is in the log.
        Err(_) => failed(),
    }
}

/// That the component does not say it.
fn failed() -> Response<Bytes> {
    answer(&Report::ready().check("component", false), None)
}

/// That this process is about to end, whatever the component says.
fn draining(query: Option<&str>) -> Response<Body> {
    answer(&Report::ready().check("shutdown", false), query).map(whole)
}

fn answer(report: &Report, query: Option<&str>) -> Response<Bytes> {
    let mut response = Response::new(report.text(query).into());
    *response.status_mut() =
        StatusCode::from_u16(report.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(probes::MEDIA_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn whole(body: Bytes) -> Body {
    Full::new(body)
        .map_err(|never| match never {})
        .boxed_unsync()
}
