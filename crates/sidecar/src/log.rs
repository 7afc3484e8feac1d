//! Log lines on stderr: one JSON object per event, without tokens. Each is one write: nothing
//! else gets into it.

use std::io::{self, Write};

use axum::http::StatusCode;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::jobs::Failure;
use crate::problem::Problem;
use crate::token_file::Unavailable;

/// Logs a `problem`. Its texts are ours and contain nothing of the request. An unknown path is not logged.
pub(crate) fn problem(problem: &Problem) {
    if !matches!(
        problem.status,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
    ) {
        line("sidecar_problem", problem.kind, &problem.detail);
    }
}

/// Logs why a probe is told that there is no token.
pub(crate) fn unready(error: &Unavailable) {
    line("readiness", "away", &error.to_string());
}

/// Logs a run of kubelogin without a token, and its error line.
pub(crate) fn failed_run(failure: &Failure) {
    let complaint = failure.complaint.as_deref().unwrap_or_default();
    line("kubelogin", failure.reason, complaint);
}

fn line(event: &'static str, outcome: impl Serialize, detail: &str) {
    #[derive(Serialize)]
    struct Line<'a, O> {
        time: String,
        event: &'static str,
        outcome: O,
        #[serde(skip_serializing_if = "str::is_empty")]
        detail: &'a str,
    }
    let line = Line {
        time: OffsetDateTime::now_utc()
            .format(&Rfc3339)
            .unwrap_or_default(),
        event,
        outcome,
        detail,
    };
    let line = serde_json::to_string(&line).unwrap_or_default();
    // A closed stderr must not stop the service.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
