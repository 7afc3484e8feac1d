//! The token endpoint (RFC 6749, section 3.2): codes, refresh tokens, device codes, and the
//! application itself.

mod client;
mod client_assertion;
mod client_credentials;
mod device_code;
mod error;
mod granted;
mod grants;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

pub(crate) use self::client::check_client;
use self::client::refuse_credentials;
pub(crate) use self::error::TokenError;
use self::granted::Granted;
use crate::fault::fault_of_token;
use crate::keys::random;
use crate::merge::merge;
use crate::origin::Origin;
use crate::parameters::Parameters;
use crate::scopes::AKS;
use crate::state::{At, KUBELOGIN, Sim};
use crate::tokens;

/// How many requests are remembered.
const REMEMBERED: usize = 100;

/// A token request.
pub(crate) async fn respond(
    State(sim): State<Arc<Sim>>,
    Extension(origin): Extension<Origin>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form = Parameters::parse(&body);
    remember(&sim, &form);
    if let Some(response) = fault_of_token(&sim, At::Token, &form).await {
        return response;
    }
    let answer = match form.text("grant_type") {
        "client_credentials" => client_credentials::respond(&sim, &tenant, &form),
        _ => grant(&sim, &tenant, &headers, &form)
            .and_then(|granted| Ok(issue(&sim, &origin, &granted)?)),
    };
    match answer {
        Ok(tokens) => (
            [(header::CACHE_CONTROL, "no-store, no-cache")],
            Json(tokens),
        )
            .into_response(),
        Err(error) => error.respond(&headers),
    }
}

fn grant(
    sim: &Sim,
    tenant: &str,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<Granted, TokenError> {
    let is_public = check_client(sim, tenant, form)? == KUBELOGIN;
    if headers.contains_key(header::ORIGIN) {
        return Err(TokenError::new(
            "invalid_request",
            9002326,
            "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
        ));
    }
    if is_public {
        refuse_credentials(form)?;
    } else {
        client_assertion::check(sim, form)?;
    }
    match form.text("grant_type") {
        "authorization_code" => grants::authorization_code(sim, form),
        "refresh_token" => grants::refresh_token(sim, form),
        // The second is what MSAL for Go sends.
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => {
            device_code::redeem(sim, form)
        }
        "" => Err(TokenError::new(
            "invalid_request",
            900144,
            "The request body must contain the following parameter: 'grant_type'.",
        )),
        other => Err(TokenError::new(
            "unsupported_grant_type",
            70003,
            format!("The app requested an unsupported grant type '{other}'."),
        )),
    }
}

fn issue(sim: &Sim, origin: &Origin, granted: &Granted) -> anyhow::Result<Value> {
    let Granted {
        sign_on,
        client_id,
        scopes,
        nonce,
    } = granted;
    let user = sign_on.user;
    let access = tokens::access_token(sim, user, client_id, scopes.resource())?;
    let scope = match scopes.resource() {
        AKS => format!("{AKS}/user.read {AKS}/.default"),
        _ => "openid profile email".to_owned(),
    };
    let mut answer = json!({
        "token_type": "Bearer",
        "scope": scope,
        "expires_in": access.expires_in,
        "ext_expires_in": access.expires_in,
        "access_token": &access.token,
    });
    if let Some(seconds) = access.refresh_in {
        merge(&mut answer, &json!({ "refresh_in": seconds }));
    }
    sim.count("granted");
    sim.remember(&access.token);
    let mut add = |name: &str, value: String| {
        sim.remember(&value);
        if let Some(answer) = answer.as_object_mut() {
            answer.insert(name.to_owned(), Value::from(value));
        }
    };
    if scopes.openid {
        add(
            "id_token",
            tokens::id_token(sim, origin, sign_on, client_id, nonce.as_deref())?,
        );
    }
    if scopes.offline_access {
        let token = format!("1.{}", random(96)?);
        sim.data()
            .refresh_tokens
            .insert(token.clone(), (sign_on.clone(), client_id.clone()));
        add("refresh_token", token);
    }
    // What MSAL makes the account's id from.
    let client_info = json!({ "uid": user.oid, "utid": sim.options.tenant_id }).to_string();
    add(
        "client_info",
        Base64UrlUnpadded::encode_string(client_info.as_bytes()),
    );
    Ok(answer)
}

/// Counts the request, and keeps of it what is no secret; what is, elsewhere.
fn remember(sim: &Sim, form: &Parameters) {
    for secret in [
        "client_assertion",
        "code_verifier",
        "refresh_token",
        "device_code",
    ] {
        sim.remember(form.text(secret));
    }
    sim.count("token");
    sim.count(&format!("token:{}", form.text("grant_type")));
    let seen = json!({
        "grant_type": form.text("grant_type"),
        "scope": form.text("scope"),
        "claims": form.get("claims"),
        "parameters": form.names().collect::<Vec<_>>(),
    });
    let mut data = sim.data();
    data.token_requests.push_back(seen);
    if data.token_requests.len() > REMEMBERED {
        data.token_requests.pop_front();
    }
}
