//! The errors of the token endpoint, in Entra's own form.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::keys::guid;
use crate::state::now;

/// A refusal.
#[derive(Debug)]
pub(crate) struct TokenError {
    error: &'static str,
    code: u32,
    text: String,
    suberror: Option<&'static str>,
}

impl TokenError {
    pub(crate) fn new(error: &'static str, code: u32, text: impl Into<String>) -> Self {
        Self {
            error,
            code,
            text: text.into(),
            suberror: None,
        }
    }

    pub(super) fn suberror(self, suberror: &'static str) -> Self {
        Self {
            suberror: Some(suberror),
            ..self
        }
    }

    /// The answer, with the ids that the request asked for.
    pub(crate) fn respond(&self, headers: &HeaderMap) -> Response {
        let given = headers
            .get("client-request-id")
            .and_then(|id| id.to_str().ok());
        let correlation = given
            .map(str::to_owned)
            .or_else(|| guid().ok())
            .unwrap_or_default();
        let trace = guid().unwrap_or_default();
        let timestamp = timestamp(now());
        let code = self.code;
        let description = format!(
            "AADSTS{code}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
            self.text
        );
        let mut body = json!({
            "error": self.error,
            "error_description": description,
            "error_codes": [code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        });
        if let (Some(suberror), Some(body)) = (self.suberror, body.as_object_mut()) {
            body.insert("suberror".to_owned(), Value::from(suberror));
        }
        let status = match self.error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, Json(body)).into_response()
    }
}

impl From<anyhow::Error> for TokenError {
    fn from(error: anyhow::Error) -> Self {
        Self::new(
            "server_error",
            90033,
            format!("A transient error occurred: {error:#}."),
        )
    }
}

/// `YYYY-MM-DD HH:MM:SSZ`.
fn timestamp(seconds: u64) -> String {
    let moment = i64::try_from(seconds).map(OffsetDateTime::from_unix_timestamp);
    let moment = moment
        .ok()
        .and_then(Result::ok)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (hour, minute, second) = moment.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}Z", moment.date())
}
