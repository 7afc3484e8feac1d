//! Log lines on stderr: JSON, one line an event, with no token in any.

use std::io::{self, Write};

use axum::http::StatusCode;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::problem::Problem;

/// Says that a request got `problem`, whose texts are ours: nothing of the request is in them. That
/// somebody was at an address without anything is no event.
pub(crate) fn problem(problem: &Problem) {
    #[derive(Serialize)]
    struct Line<'a> {
        time: String,
        event: &'static str,
        outcome: &'static str,
        detail: &'a str,
    }
    if matches!(
        problem.status,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
    ) {
        return;
    }
    let line = Line {
        time: OffsetDateTime::now_utc()
            .format(&Rfc3339)
            .unwrap_or_default(),
        event: "sidecar_problem",
        outcome: problem.kind,
        detail: &problem.detail,
    };
    let line = serde_json::to_string(&line).unwrap_or_default();
    // Nobody is left to tell if stderr is closed, and that must not stop the service.
    let _ = writeln!(io::stderr(), "{line}");
}
