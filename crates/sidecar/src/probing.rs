//! Answers to probes, in the words of Kubernetes. They need no bearer: a kubelet has none.

use std::path::Path;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use probes::Report;

use crate::log;
use crate::service::Service;
use crate::token_file::{Kind, ProjectedToken, SERVICE_ACCOUNT, WORKLOAD_IDENTITY};

/// Whether the process runs.
pub(crate) async fn livez(RawQuery(query): RawQuery) -> Response {
    respond(&Report::alive(), query.as_deref())
}

/// Whether all configured tokens can be read. kubelogin does not count: most users do without it.
pub(crate) async fn readyz(
    RawQuery(query): RawQuery,
    State(service): State<Arc<Service>>,
) -> Response {
    let mut report = Report::ready();
    if service.ending.is_draining() {
        report = report.check("shutdown", false);
    }
    let config = &service.config;
    for (name, kind, file) in [
        (
            "federated-token",
            &WORKLOAD_IDENTITY,
            &config.federated_token_file,
        ),
        (
            "service-account-token",
            &SERVICE_ACCOUNT,
            &config.service_account_token_file,
        ),
    ] {
        if let Some(file) = file {
            report = report.check(name, can_be_read(kind, file).await);
        }
    }
    respond(&report, query.as_deref())
}

async fn can_be_read(kind: &'static Kind, file: &Path) -> bool {
    match ProjectedToken::read(kind, file).await {
        Ok(_) => true,
        Err(error) => {
            log::unready(&error);
            false
        }
    }
}

fn respond(report: &Report, query: Option<&str>) -> Response {
    let status = StatusCode::from_u16(report.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let media_type = [(header::CONTENT_TYPE, probes::MEDIA_TYPE)];
    (status, media_type, report.text(query)).into_response()
}
