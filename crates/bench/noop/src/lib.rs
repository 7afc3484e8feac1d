//! A component that does nothing, and a few that do one part of what `/whoami` does.
//!
//! The last segment of the path selects the step. Each step includes those before it, so that the difference
//! of two is the cost of one part:
//!
//! - `/bench/noop` answers with a fixed body;
//! - `/bench/variables` reads every variable that it is granted first;
//! - `/bench/reads?HANDLE,KEY,KEY,KEY,KEY` reads these keys of the store, as `/whoami` does;
//! - `/bench/seals?HANDLE,KEY,KEY,KEY,KEY` opens what it read, and parses it.
//!
//! `/bench/keys` lists the store's keys.

#![cfg(target_arch = "wasm32")]

mod reads;
mod seals;

use spin_sdk::http::{Fields, IncomingRequest, OutgoingResponse, ResponseOutparam};
use spin_sdk::{http_component, variables};

/// The answer of every step except `/bench/keys`.
const BODY: &str = "{\"status\":\"ok\"}\n";

/// The variables that `/whoami` is granted and reads. One that is not granted is an error.
const VARIABLES: [&str; 15] = [
    "function",
    "tenant_id",
    "client_id",
    "authority_host",
    "redirect_uri",
    "session_secret",
    "session_cookie_name",
    "session_cookie_secure",
    "session_idle_timeout_seconds",
    "session_absolute_timeout_seconds",
    "aks_server_id",
    "token_refresh_margin_seconds",
    "expose_access_token",
    "sidecar_url",
    "sidecar_token",
];

#[allow(unsafe_code, reason = "the macro exports the component's entry point")]
mod entry {
    use super::{IncomingRequest, ResponseOutparam, answer, http_component, respond};

    #[http_component]
    async fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (status, body) = match answer(&target) {
            Ok(body) => (200, body),
            Err(reason) => (500, reason),
        };
        respond(status, body, out).await;
    }
}

/// Carries out the step that `target` names.
fn answer(target: &str) -> Result<String, String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match path {
        "/bench/noop" => {}
        "/bench/variables" => drop(read_variables()?),
        "/bench/reads" => {
            read_variables()?;
            reads::records(query)?;
        }
        "/bench/seals" => {
            let secret = read_variables()?;
            let records = reads::records(query)?;
            seals::open(&secret, &records)?;
        }
        "/bench/keys" => return reads::keys(),
        _ => return Err("there is no such step".to_owned()),
    }
    Ok(BODY.to_owned())
}

/// Reads all variables; returns the session secret.
fn read_variables() -> Result<String, String> {
    let mut secret = String::new();
    for name in VARIABLES {
        let value = variables::get(name).map_err(|error| format!("{name}: {error}"))?;
        if name == "session_secret" {
            secret = value;
        }
    }
    Ok(secret)
}

async fn respond(status: u16, body: String, out: ResponseOutparam) {
    let fields = Fields::new();
    let length = body.len().to_string();
    for (name, value) in [
        ("content-type", "application/json"),
        ("content-length", length.as_str()),
    ] {
        // The host accepts both.
        let _ = fields.append(name, value.as_bytes());
    }
    let response = OutgoingResponse::new(fields);
    let _ = response.set_status_code(status);
    let _ = out.set_with_body(response, body.into_bytes()).await;
}
