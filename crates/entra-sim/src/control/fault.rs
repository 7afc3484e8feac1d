//! Answers that are not as they should be.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use super::endless::Endless;
use crate::parameters::Parameters;
use crate::server::Close;
use crate::state::Sim;

/// Where a fault happens.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum At {
    Token,
    DeviceCode,
    Authorize,
    Keys,
    Discovery,
    Graph,
}

/// A fault that waits for its request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    at: At,
    kind: Kind,
    /// Only for this grant type.
    grant_type: Option<String>,
    /// Only for scopes that contain this.
    scope_contains: Option<String>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    /// An error of the token endpoint.
    #[serde(default)]
    error: Value,
    #[serde(default)]
    delay_ms: u64,
    /// For how many requests; 0 is all until a reset.
    #[serde(default = "once")]
    times: u64,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// `status`, `headers` and `body` as given.
    Status,
    /// The right answer, `delay_ms` later.
    Delay,
    /// The connection is closed without an answer.
    Close,
    /// 200, and a body without end.
    Endless,
    /// The token endpoint's error `error`, with `status` (400).
    Error,
}

/// What happens instead of the answer at `at`, if something does.
pub(crate) async fn fault(sim: &Arc<Sim>, at: At) -> Option<Response> {
    fault_of_token(sim, at, &Parameters::default()).await
}

/// The same for a request with these parameters.
pub(crate) async fn fault_of_token(sim: &Arc<Sim>, at: At, form: &Parameters) -> Option<Response> {
    let fault = take(sim, at, form)?;
    fault.respond().await
}

fn take(sim: &Sim, at: At, form: &Parameters) -> Option<Fault> {
    let mut data = sim.data();
    let position = data.faults.iter().position(|fault| fault.fits(at, form))?;
    let fault = data.faults.get_mut(position)?;
    let taken = fault.clone();
    match fault.times {
        0 => {}
        1 => drop(data.faults.remove(position)),
        _ => fault.times -= 1,
    }
    Some(taken)
}

impl Fault {
    fn fits(&self, at: At, form: &Parameters) -> bool {
        self.at == at
            && self
                .grant_type
                .as_deref()
                .is_none_or(|grant| grant == form.text("grant_type"))
            && self
                .scope_contains
                .as_deref()
                .is_none_or(|part| form.text("scope").contains(part))
    }

    async fn respond(self) -> Option<Response> {
        match self.kind {
            Kind::Delay => {
                tokio::time::sleep(Duration::from_millis(self.delay_ms)).await;
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
            Kind::Error => Some(self.with_status(400, Json(&self.error).into_response())),
            Kind::Status => Some(self.with_status(500, self.body.clone().into_response())),
        }
    }

    fn with_status(&self, default: u16, mut response: Response) -> Response {
        let status = StatusCode::from_u16(self.status.unwrap_or(default));
        *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn once() -> u64 {
    1
}
