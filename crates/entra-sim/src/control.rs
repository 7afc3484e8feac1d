//! `/_sim/…`: what a test wants to go wrong, and what it wants to know.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::federated;
use crate::keys::Key;
use crate::state::{DeviceCodeChange, Fault, Mutation, Sim, users};

/// The control addresses.
pub(crate) fn router() -> Router<Arc<Sim>> {
    Router::new()
        .route("/faults", post(add_fault))
        .route("/id-token", post(mutate_id_token))
        .route("/aks-token", post(mutate_aks_token))
        .route("/application-token", post(mutate_application_token))
        .route("/rotate-keys", post(rotate_keys))
        .route("/federated-token", post(write_federated_token))
        .route("/consent", post(set_consent))
        .route("/groups", post(set_groups))
        .route("/group-names", post(grant_group_names))
        .route("/device-code", post(change_device_code))
        .route("/device-login", post(decide_device))
        .route("/counters", get(counters))
        .route("/secrets", get(secrets))
        .route("/reset", post(reset))
}

async fn add_fault(State(sim): State<Arc<Sim>>, Json(fault): Json<Fault>) -> StatusCode {
    sim.data().faults.push_back(fault);
    StatusCode::NO_CONTENT
}

async fn mutate_id_token(
    State(sim): State<Arc<Sim>>,
    Json(mutation): Json<Mutation>,
) -> StatusCode {
    sim.data().id_token.push_back(mutation);
    StatusCode::NO_CONTENT
}

async fn mutate_aks_token(
    State(sim): State<Arc<Sim>>,
    Json(mutation): Json<Mutation>,
) -> StatusCode {
    sim.data().aks_token.push_back(mutation);
    StatusCode::NO_CONTENT
}

async fn mutate_application_token(
    State(sim): State<Arc<Sim>>,
    Json(mutation): Json<Mutation>,
) -> StatusCode {
    sim.data().application_token.push_back(mutation);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Rotation {
    /// The old key stays in the key set.
    #[serde(default)]
    keep_old: bool,
}

async fn rotate_keys(State(sim): State<Arc<Sim>>, Json(rotation): Json<Rotation>) -> Response {
    let key = match Key::make() {
        Ok(key) => key,
        Err(error) => return failure(&error),
    };
    let mut data = sim.data();
    if !rotation.keep_old {
        data.keys.clear();
    }
    data.keys.insert(0, key);
    StatusCode::NO_CONTENT.into_response()
}

/// Writes a new federated token, with the claims that are given.
async fn write_federated_token(State(sim): State<Arc<Sim>>, Json(claims): Json<Value>) -> Response {
    match federated::write(&sim, &claims) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => failure(&error),
    }
}

#[derive(Deserialize)]
struct ConsentChange {
    user: String,
    granted: bool,
}

async fn set_consent(State(sim): State<Arc<Sim>>, Json(change): Json<ConsentChange>) -> Response {
    let Some(user) = users::find(&change.user) else {
        return no_such_user();
    };
    let mut data = sim.data();
    if change.granted {
        data.consents.insert(user.id);
    } else {
        data.consents.remove(user.id);
    }
    StatusCode::NO_CONTENT.into_response()
}

#[derive(Deserialize)]
struct GroupsChange {
    user: String,
    groups: Vec<String>,
}

async fn set_groups(State(sim): State<Arc<Sim>>, Json(change): Json<GroupsChange>) -> Response {
    let Some(user) = users::find(&change.user) else {
        return no_such_user();
    };
    sim.data().groups.insert(user.id, change.groups);
    StatusCode::NO_CONTENT.into_response()
}

#[derive(Deserialize)]
struct Grant {
    granted: bool,
}

async fn grant_group_names(State(sim): State<Arc<Sim>>, Json(grant): Json<Grant>) -> StatusCode {
    sim.data().group_names = grant.granted;
    StatusCode::NO_CONTENT
}

async fn change_device_code(
    State(sim): State<Arc<Sim>>,
    Json(change): Json<DeviceCodeChange>,
) -> StatusCode {
    sim.data().device_code = change;
    StatusCode::NO_CONTENT
}

/// What somebody says on the page for device codes.
#[derive(Deserialize)]
struct DeviceLogin {
    user_code: String,
    user: String,
    approve: bool,
}

async fn decide_device(State(sim): State<Arc<Sim>>, Json(login): Json<DeviceLogin>) -> Response {
    let Some(user) = users::find(&login.user) else {
        return no_such_user();
    };
    match sim.decide(&login.user_code, user, login.approve) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => failure(&error),
    }
}

fn no_such_user() -> Response {
    (StatusCode::NOT_FOUND, "there is no such user\n").into_response()
}

async fn counters(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let data = sim.data();
    Json(json!({ "counters": data.counters, "token_requests": data.token_requests }))
}

async fn secrets(State(sim): State<Arc<Sim>>) -> Json<Value> {
    Json(json!(sim.data().secrets))
}

async fn reset(State(sim): State<Arc<Sim>>) -> StatusCode {
    sim.reset();
    StatusCode::NO_CONTENT
}

fn failure(error: &anyhow::Error) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}\n")).into_response()
}
