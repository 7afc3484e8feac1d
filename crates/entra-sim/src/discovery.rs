//! Discovery documents and key sets.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::fault;
use crate::origin::{Origin, v2_issuer};
use crate::state::{At, Sim};

/// OpenID Connect discovery for v2 tokens.
pub(crate) async fn v2(
    State(sim): State<Arc<Sim>>,
    Extension(origin): Extension<Origin>,
    Path(tenant): Path<String>,
) -> Response {
    let issuer = v2_issuer(&origin, &sim);
    document(&sim, &origin, &tenant, &issuer, "discovery/v2.0/keys").await
}

/// The same for v1 tokens.
pub(crate) async fn v1(
    State(sim): State<Arc<Sim>>,
    Extension(origin): Extension<Origin>,
    Path(tenant): Path<String>,
) -> Response {
    let issuer = sim.v1_issuer();
    document(&sim, &origin, &tenant, &issuer, "discovery/keys").await
}

/// The tenant's keys: one signs, the other one is there for the next rotation.
pub(crate) async fn keys(
    State(sim): State<Arc<Sim>>,
    Extension(origin): Extension<Origin>,
    Path(tenant): Path<String>,
) -> Response {
    sim.count("keys");
    if let Some(response) = fault(&sim, At::Keys).await {
        return response;
    }
    if tenant != sim.options.tenant_id {
        return unknown_tenant(&tenant);
    }
    let issuer = v2_issuer(&origin, &sim);
    let keys: Vec<Value> = sim.data().keys.iter().map(|key| key.jwk(&issuer)).collect();
    cached(json!({ "keys": keys }))
}

#[derive(Deserialize)]
pub(crate) struct InstanceQuery {
    authorization_endpoint: String,
}

/// Which hosts are Entra: this one.
pub(crate) async fn instance(
    Extension(Origin(origin)): Extension<Origin>,
    Query(query): Query<InstanceQuery>,
) -> Response {
    let host = origin
        .split_once("://")
        .map_or(origin.as_str(), |(_, host)| host);
    if !query.authorization_endpoint.starts_with(&origin) {
        let error = json!({
            "error": "invalid_instance",
            "error_description": "AADSTS50049: Unknown or invalid instance.",
            "error_codes": [50049],
        });
        return (StatusCode::BAD_REQUEST, Json(error)).into_response();
    }
    let tenant = query
        .authorization_endpoint
        .split("/oauth2/")
        .next()
        .unwrap_or_default();
    cached(json!({
        "tenant_discovery_endpoint": format!("{tenant}/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    }))
}

async fn document(
    sim: &Arc<Sim>,
    origin: &Origin,
    tenant: &str,
    issuer: &str,
    keys: &str,
) -> Response {
    sim.count("discovery");
    if let Some(response) = fault(sim, At::Discovery).await {
        return response;
    }
    if tenant != sim.options.tenant_id {
        return unknown_tenant(tenant);
    }
    let at = |path: &str| format!("{}/{tenant}/{path}", origin.0);
    cached(json!({
        "token_endpoint": at("oauth2/v2.0/token"),
        "device_authorization_endpoint": at("oauth2/v2.0/devicecode"),
        "token_endpoint_auth_methods_supported":
            ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": at(keys),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": false,
        "authorization_endpoint": at("oauth2/v2.0/authorize"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": at("oauth2/v2.0/logout"),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username",
            "name", "tid", "ver", "oid"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": "contoso.example",
    }))
}

fn cached(document: Value) -> Response {
    (
        [(header::CACHE_CONTROL, "max-age=86400, private")],
        Json(document),
    )
        .into_response()
}

fn unknown_tenant(tenant: &str) -> Response {
    let error = json!({
        "error": "invalid_tenant",
        "error_description": format!("AADSTS90002: Tenant '{tenant}' not found."),
        "error_codes": [90002],
    });
    (StatusCode::BAD_REQUEST, Json(error)).into_response()
}
