//! The tunnel's own probes. The component's addresses of these names cannot be reached through the tunnel.

use std::time::Duration;

use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use listener::Ending;
use probes::{LIVEZ, READYZ, Report};
use serde_json::json;
use tokio::time::timeout;

use super::backend::{Backend, describe};
use crate::log;
use crate::relay::{self, Body};

/// How long the component's liveness probe may take.
const PATIENCE: Duration = Duration::from_millis(800);

/// The kinds of probes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Probe {
    /// Whether the tunnel lives. It need not be restarted because the component is away.
    Live,
    /// Whether the tunnel is ready for requests.
    Ready,
}

impl Probe {
    /// The probe that `request` asks for, if any.
    pub(super) fn of(request: &Parts) -> Option<Self> {
        if !matches!(request.method, Method::GET | Method::HEAD) {
            return None;
        }
        match request.uri.path() {
            LIVEZ => Some(Self::Live),
            READYZ => Some(Self::Ready),
            _ => None,
        }
    }
}

/// Answers `probe`, which is `request`.
pub(super) async fn answer(
    probe: Probe,
    request: &Parts,
    component: &Backend,
    ending: &Ending,
) -> Response<Body> {
    let report = match probe {
        Probe::Live => Report::alive(),
        Probe::Ready if ending.is_draining() => Report::ready().check("shutdown", false),
        Probe::Ready => Report::ready().check("component", lives(component).await),
    };
    let mut response = Response::new(relay::full(report.text(request.uri.query())));
    *response.status_mut() =
        StatusCode::from_u16(report.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_static(probes::MEDIA_TYPE);
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whether the component answers. Its own probe tests its dependencies: several instances may be behind its
/// address.
async fn lives(component: &Backend) -> bool {
    let mut request = Request::new(relay::empty());
    *request.uri_mut() = http::Uri::from_static(LIVEZ);
    let host = HeaderValue::from_static("localhost");
    request.headers_mut().insert(header::HOST, host);
    let why = match timeout(PATIENCE, component.send(request)).await {
        Ok(Ok(answer)) if answer.status().is_server_error() => {
            format!("answered {}", answer.status())
        }
        Ok(Ok(_)) => return true,
        Ok(Err(error)) => describe(&error),
        Err(_) => "did not answer in time".to_owned(),
    };
    log::event(
        "readiness",
        [
            ("outcome", json!("away")),
            ("detail", json!(format!("the component: {why}"))),
        ],
    );
    false
}
