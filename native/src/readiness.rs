//! `/readyz` of `serve`: the component reports unavailable dependencies, and the process its coming end.

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

/// How long the component's answer is reused, so that frequent probes cost store and sidecar no more than one
/// a second.
const FRESH: Duration = Duration::from_secs(1);
/// How long the component may take: longer than a Redis that does not answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The time of the question, and the component's verbose answer.
type Said = (Instant, Response<Bytes>);

/// Whether the process is ready for requests.
pub(crate) struct Readiness {
    ending: Ending,
    /// The component's last answer. The lock is held during a question, so that many waiting probes ask once.
    last: Arc<Mutex<Option<Said>>>,
}

impl Readiness {
    pub(crate) fn new(ending: Ending) -> Self {
        Self {
            ending,
            last: Arc::default(),
        }
    }

    /// Whether `request` is for it.
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

    /// The component's verbose answer, new or recent.
    async fn component(&self, app: &Arc<App>, client: Client) -> Response<Bytes> {
        let mut last = self.last.clone().lock_owned().await;
        if let Some((said, answer)) = &*last
            && said.elapsed() < FRESH
        {
            return answer.clone();
        }
        let app = app.clone();
        // A task of its own: if a client goes away, the next one must not ask again.
        let asked = tokio::spawn(async move {
            let answer = timeout(PATIENCE, ask(&app, client)).await;
            let answer = answer.unwrap_or_else(|_| failed());
            *last = Some((Instant::now(), answer.clone()));
            answer
        });
        asked.await.unwrap_or_else(|_| failed())
    }
}

/// Asks the component.
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
        // The host logs a failed instance.
        Err(_) => failed(),
    }
}

/// The answer if the component gives none.
fn failed() -> Response<Bytes> {
    answer(&Report::ready().check("component", false), None)
}

/// The answer while this process is about to end, whatever the component says.
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
