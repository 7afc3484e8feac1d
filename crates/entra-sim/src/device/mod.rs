//! The device authorization grant (RFC 8628): a code on one device, entered in a browser on another.

mod pages;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;

use crate::fault::fault_of_token;
use crate::keys::random;
use crate::origin::Origin;
use crate::parameters::Parameters;
use crate::state::{At, Decision, Device, Sim, now, users};
use crate::token::{TokenError, check_client};

/// How often Entra wants to be asked, in seconds.
const INTERVAL: u64 = 5;
/// What user codes are made of: nothing that looks like something else.
const ALPHABET: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ23456789";

/// The device authorization endpoint (RFC 8628, section 3.2). There is never a
/// `verification_uri_complete`.
pub(crate) async fn authorize(
    State(sim): State<Arc<Sim>>,
    Extension(Origin(origin)): Extension<Origin>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    sim.count("devicecode");
    let form = Parameters::parse(&body);
    if let Some(response) = fault_of_token(&sim, At::DeviceCode, &form).await {
        return response;
    }
    if let Err(error) = check(&sim, &tenant, &form) {
        return error.respond(&headers);
    }
    let (Ok(device_code), Ok(user_code)) = (random(96), user_code()) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    for secret in [&device_code, &user_code] {
        sim.remember(secret);
    }
    let mut data = sim.data();
    let expires_in = data.device_code.expires_in;
    let verification_uri = format!("{origin}/devicelogin");
    let message = format!(
        "To sign in, use a web browser to open the page {verification_uri} and enter the code {user_code} to authenticate."
    );
    let answer = json!({
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": verification_uri,
        "expires_in": expires_in,
        "interval": INTERVAL,
        "message": message,
    });
    let device = Device {
        user_code,
        client_id: form.text("client_id").to_owned(),
        scope: form.text("scope").to_owned(),
        expires_at: now() + expires_in,
        decision: Decision::Pending,
    };
    data.devices.insert(device_code, device);
    Json(answer).into_response()
}

fn check(sim: &Sim, tenant: &str, form: &Parameters) -> Result<(), TokenError> {
    check_client(sim, tenant, form)?;
    if form.get("scope").is_none() {
        return Err(TokenError::new(
            "invalid_request",
            900144,
            "The request body must contain the following parameter: 'scope'.",
        ));
    }
    Ok(())
}

/// "Enter code".
pub(crate) async fn page() -> Response {
    pages::enter_code(None)
}

/// What was entered or chosen on a page.
pub(crate) async fn decide(State(sim): State<Arc<Sim>>, body: String) -> Response {
    let form = Parameters::parse(&body);
    let code = form.text("otc").trim().to_uppercase();
    if !sim.is_waiting(&code) {
        return pages::enter_code(Some("That code didn't work. Check the code and try again."));
    }
    let user = form.get("user").and_then(users::find).or(sim.auto_sign_in);
    match (user, form.get("decision")) {
        (None, _) => pages::accounts(&code),
        (Some(user), None) => pages::confirm(&code, user),
        (Some(user), Some(decision)) => {
            let approved = decision == "continue";
            match sim.decide(&code, user, approved) {
                Ok(()) => pages::done(approved),
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
    }
}

fn user_code() -> anyhow::Result<String> {
    let mut bytes = [0; 9];
    getrandom::getrandom(&mut bytes)?;
    let character = |byte: &u8| ALPHABET.get(usize::from(*byte) % ALPHABET.len()).copied();
    Ok(bytes.iter().filter_map(character).map(char::from).collect())
}
