//! The routes, and the layers around all of them.

mod jobs;

use std::path::Path;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use listener::Ending;
use serde_json::json;
use traces::{Peer, Traces, path_class};

use crate::auth::{Permit, is_known};
use crate::config::Config;
use crate::counts::Counts;
use crate::host_header;
use crate::jobs::Jobs;
use crate::log;
use crate::probing;
use crate::problem::Problem;
use crate::service::Service;
use crate::token_file::{Kind, ProjectedToken, SERVICE_ACCOUNT, WORKLOAD_IDENTITY};

/// All routes of the sidecar, until `ending`; requests are traced by `traces`.
pub(crate) fn router(
    config: Config,
    counts: &Counts,
    (traces, over_tls): (Traces, bool),
    ending: Ending,
) -> Router {
    let kubelogin = config.kubelogin.clone();
    let service = Arc::new(Service {
        jobs: kubelogin.map(|kubelogin| Jobs::new(kubelogin, counts.clone())),
        counts: counts.clone(),
        traces,
        over_tls,
        config,
        ending,
    });
    Router::new()
        .route("/healthz", get(healthz))
        .route(probes::LIVEZ, get(probing::livez))
        .route(probes::READYZ, get(probing::readyz))
        .nest("/v1", v1())
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(middleware::from_fn_with_state(service.clone(), watch))
        .with_state(service)
}

/// `router` in the clear: it accepts only names of this machine.
pub(crate) fn on_loopback(router: Router, counts: &Counts) -> Router {
    router.layer(middleware::from_fn_with_state(counts.clone(), guard))
}

/// The interface for the component: each handler demands a [`Permit`].
fn v1() -> Router<Arc<Service>> {
    Router::new()
        .route("/federated-token", get(federated_token))
        .route("/service-account-token", get(service_account_token))
        .nest("/jobs", jobs::router())
}

/// Whether the process runs, with or without a token.
async fn healthz() -> impl IntoResponse {
    Json(json!({ "status": "ok" }))
}

async fn federated_token(
    _: Permit,
    State(service): State<Arc<Service>>,
) -> Result<Json<ProjectedToken>, Problem> {
    let file = service.config.federated_token_file.as_deref();
    let token = token(&WORKLOAD_IDENTITY, "no-federated-token", file).await;
    service.counts.token("federated", token.is_ok());
    token
}

async fn service_account_token(
    _: Permit,
    State(service): State<Arc<Service>>,
) -> Result<Json<ProjectedToken>, Problem> {
    let file = service.config.service_account_token_file.as_deref();
    let token = token(&SERVICE_ACCOUNT, "no-service-account-token", file).await;
    service.counts.token("service_account", token.is_ok());
    token
}

/// The token in `file`; without a file the path is unknown.
async fn token(
    kind: &'static Kind,
    problem: &'static str,
    file: Option<&Path>,
) -> Result<Json<ProjectedToken>, Problem> {
    let token = ProjectedToken::read(kind, file.ok_or_else(Problem::not_found)?).await;
    Ok(Json(
        token.map_err(|error| Problem::no_token(problem, &error))?,
    ))
}

/// Refuses requests for other hosts.
async fn guard(State(counts): State<Counts>, request: Request, next: Next) -> Response {
    match host_header::check(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => finish(problem.into_response(), &counts),
    }
}

/// Around every request: it is traced, not cached, and refusals are counted and logged. Only a caller with
/// the bearer may set the trace.
async fn watch(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let peer = match is_known(request.headers(), &service) {
        true => Peer::Own,
        false => Peer::Stranger,
    };
    let served = service.traces.request(&request, service.over_tls, peer);
    if let Some(route) = path_class(request.uri().path()) {
        served.leads_to(route);
    }
    let response = finish(next.run(request).await, &service.counts);
    served.answered(response.status());
    response
}

fn finish(mut response: Response, counts: &Counts) -> Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(problem) = response.extensions().get::<Problem>() {
        counts.refused(problem.kind);
        log::problem(problem);
    }
    response
}
