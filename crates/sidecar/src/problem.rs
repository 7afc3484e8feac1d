//! Problem documents (RFC 9457).

use std::borrow::Cow;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::token_file::Unavailable;

/// A problem, for the component and the log.
#[derive(Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// The last segment of its `type`.
    pub(crate) kind: &'static str,
    title: &'static str,
    pub(crate) detail: String,
    header: Option<(header::HeaderName, Cow<'static, str>)>,
}

impl Problem {
    /// The path is unknown.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found")
            .detail("The sidecar has nothing at this path.")
    }

    /// The path has other methods; axum adds `Allow`.
    pub(crate) fn method_not_allowed() -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::new(status, "method-not-allowed", "Method not allowed")
            .detail("This path does not take this method.")
    }

    /// The bearer is missing or wrong.
    pub(crate) fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "The bearer token is missing or wrong",
        )
        .detail("Component and sidecar must be given the same SIDECAR_TOKEN.")
        .header(header::WWW_AUTHENTICATE, "Bearer")
    }

    /// The request is for another host.
    pub(crate) fn misdirected() -> Self {
        let status = StatusCode::MISDIRECTED_REQUEST;
        Self::new(
            status,
            "misdirected-request",
            "The request is for another host",
        )
        .detail("The sidecar answers only to localhost and loopback addresses.")
    }

    /// The token file cannot be used.
    pub(crate) fn no_token(kind: &'static str, why: &Unavailable) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, kind, "There is no usable token")
            .detail(why.to_string())
            // Files are not repaired within moments: longer than a caller would wait with a user.
            .header(header::RETRY_AFTER, "10")
    }

    /// The owner has no such job: it was deleted, has expired, or belonged to an earlier process.
    pub(crate) fn unknown_job() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown-job", "There is no such job")
            .detail("Start a new one.")
    }

    /// The request to start a job has no lifetime.
    pub(crate) fn not_a_start() -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self::new(status, "not-a-start", "This starts no job")
            .detail("The body must be JSON with a number of seconds, as {\"expires_in\": 900}.")
    }

    /// kubelogin is not enabled.
    pub(crate) fn no_jobs() -> Self {
        Self::new(StatusCode::NOT_FOUND, "no-jobs", "There are no jobs here")
            .detail("This sidecar does not run kubelogin (KUBELOGIN_ENABLED).")
    }

    /// The limit of jobs is reached.
    pub(crate) fn too_many_jobs() -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self::new(status, "too-many-jobs", "Too many jobs")
            .detail(
                "KUBELOGIN_MAX_JOBS run and KUBELOGIN_MAX_QUEUED wait already. Try again in a \
                 minute.",
            )
            .header(header::RETRY_AFTER, "60")
    }

    /// The owner started a job recently, and may start the next after `wait`.
    pub(crate) fn too_soon(wait: Duration) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        // Rounded up, so that a client that comes then is not too early.
        let seconds = wait.as_millis().div_ceil(1000);
        Self::new(status, "too-soon", "Too soon for another job")
            .detail("KUBELOGIN_MIN_INTERVAL_SECONDS have not passed since this owner's last start.")
            .header(header::RETRY_AFTER, seconds.to_string())
    }

    fn new(status: StatusCode, kind: &'static str, title: &'static str) -> Self {
        Self {
            status,
            kind,
            title,
            detail: String::new(),
            header: None,
        }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    fn header(mut self, name: header::HeaderName, value: impl Into<Cow<'static, str>>) -> Self {
        self.header = Some((name, value.into()));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = json!({
            "type": format!("urn:aks-oauth-proxy:problem:{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status, content_type, document.to_string()).into_response();
        if let Some((name, value)) = self.header.clone()
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(name, value);
        }
        response.extensions_mut().insert(self);
        response
    }
}
