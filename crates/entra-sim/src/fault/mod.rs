//! Answers to requests for which a fault waits.

mod endless;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use self::endless::Endless;
use crate::parameters::Parameters;
use crate::server::Close;
use crate::state::{At, Fault, Kind, Sim};

/// What happens instead of the answer at `at`, if something does.
pub(crate) async fn fault(sim: &Arc<Sim>, at: At) -> Option<Response> {
    fault_of_token(sim, at, &Parameters::default()).await
}

/// The same for a request with these parameters.
pub(crate) async fn fault_of_token(sim: &Arc<Sim>, at: At, form: &Parameters) -> Option<Response> {
    let fault = Fault::take(&mut sim.data().faults, at, form)?;
    respond(&fault).await
}

async fn respond(fault: &Fault) -> Option<Response> {
    match fault.kind {
        Kind::Delay => {
            tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
            None
        }
        Kind::Close => {
            let mut response = StatusCode::OK.into_response();
            response.extensions_mut().insert(Close);
            Some(response)
        }
        Kind::Endless => {
            let json = [(header::CONTENT_TYPE, "application/json")];
            Some((json, Body::new(Endless)).into_response())
        }
        Kind::Error => Some(with_status(fault, 400, Json(&fault.error).into_response())),
        Kind::Status => Some(with_status(fault, 500, fault.body.clone().into_response())),
    }
}

fn with_status(fault: &Fault, default: u16, mut response: Response) -> Response {
    let status = StatusCode::from_u16(fault.status.unwrap_or(default));
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &fault.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
