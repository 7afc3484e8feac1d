//! What a Kubernetes client is told: the sentence that kubectl prints.

use serde::Serialize;

use crate::problem::Problem;
use crate::respond::{self, Response};

/// The answer that tells a Kubernetes client of `problem`.
pub(super) fn write(problem: &Problem, request_id: &str) -> Response {
    let detail = problem.detail();
    let status = Status::of(problem, &detail, request_id);
    let mut response = respond::json(problem.status(), &status);
    respond::add_problem_headers(&mut response, problem);
    response
}

/// The same as a JSON document.
pub(super) fn document(problem: &Problem, request_id: &str) -> String {
    let detail = problem.detail();
    serde_json::to_string(&Status::of(problem, &detail, request_id)).unwrap_or_default()
}

/// `Status` of `meta/v1`, by which the API server itself tells of errors.
#[derive(Serialize)]
struct Status<'a> {
    kind: &'static str,
    #[serde(rename = "apiVersion")]
    api_version: &'static str,
    metadata: Empty,
    status: &'static str,
    message: &'a str,
    reason: &'static str,
    details: Details,
    code: u16,
}

impl<'a> Status<'a> {
    fn of(problem: &Problem, message: &'a str, request_id: &str) -> Self {
        Self {
            kind: "Status",
            api_version: "v1",
            metadata: Empty {},
            status: "Failure",
            message,
            reason: reason(problem.status()),
            details: Details {
                retry_after: problem.wait(),
                causes: [Cause {
                    reason: problem.kind().to_owned(),
                    message: format!("request {request_id}"),
                }],
            },
            code: problem.status(),
        }
    }
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Details {
    #[serde(rename = "retryAfterSeconds", skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    causes: [Cause; 1],
}

/// The kind of our problem, and the request's id.
#[derive(Serialize)]
struct Cause {
    reason: String,
    message: String,
}

/// `StatusReason` of `meta/v1`, by which client-go tells errors apart.
pub(super) fn reason(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        413 | 431 => "RequestEntityTooLarge",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        500..600 => "InternalError",
        _ => "Unknown",
    }
}
