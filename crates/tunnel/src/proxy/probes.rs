//! What probes of the tunnel itself are answered. The component's own addresses of these names cannot be
//! reached through it.

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

/// How long the component may take to say that it lives.
const PATIENCE: Duration = Duration::from_millis(800);

/// What is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Probe {
    /// Whether the tunnel lives. A component that is away is no reason to start the tunnel again.
    Live,
    /// Whether requests may come.
    Ready,
}

impl Probe {
    /// What `request` asks, if it is a probe.
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

/// Whether the component answers. What it needs itself is for its own probe: behind its address there may
/// be several.
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
