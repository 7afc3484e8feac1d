//! `/v1/jobs/{owner}`: POST starts an owner's job, GET with its id shows it, DELETE ends it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use crate::auth::Permit;
use crate::jobs::{Jobs, NotStarted, Wish};
use crate::problem::Problem;
use crate::service::Service;

/// The interface to jobs.
pub(crate) fn router() -> Router<Arc<Service>> {
    Router::new()
        .route("/{owner}", post(start).delete(end))
        .route("/{owner}/{id}", get(show))
}

/// The jobs, for an authenticated caller, if kubelogin is enabled.
struct Permitted(Jobs);

impl FromRequestParts<Arc<Service>> for Permitted {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Problem> {
        Permit::from_request_parts(parts, service).await?;
        service.jobs.clone().map(Self).ok_or_else(Problem::no_jobs)
    }
}

/// An owner is a SHA-256 hash in base64url, and nothing else.
fn check(owner: String) -> Result<String, Problem> {
    let shaped = owner.len() == 43
        && owner
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    shaped.then_some(owner).ok_or_else(Problem::unknown_job)
}

/// The body of a request to start a job.
#[derive(Deserialize)]
struct Start {
    /// For how many seconds the result may be wanted.
    expires_in: u64,
    /// Whether to replace an existing job.
    #[serde(default)]
    anew: bool,
}

async fn start(
    Permitted(jobs): Permitted,
    Path(owner): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let owner = check(owner)?;
    let start: Start = serde_json::from_slice(&body).map_err(|_| Problem::not_a_start())?;
    let wish = Wish {
        lifetime: Duration::from_secs(start.expires_in),
        anew: start.anew,
    };
    let job = jobs.start(&owner, &wish).map_err(|not| match not {
        NotStarted::Full => Problem::too_many_jobs(),
        NotStarted::TooSoon(wait) => Problem::too_soon(wait),
    })?;
    Ok((StatusCode::ACCEPTED, Json(job)).into_response())
}

async fn show(
    Permitted(jobs): Permitted,
    Path((owner, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let owner = check(owner)?;
    let job = jobs.get(&owner, &id).ok_or_else(Problem::unknown_job)?;
    Ok(Json(job).into_response())
}

async fn end(Permitted(jobs): Permitted, Path(owner): Path<String>) -> Result<StatusCode, Problem> {
    jobs.end(&check(owner)?);
    Ok(StatusCode::NO_CONTENT)
}
