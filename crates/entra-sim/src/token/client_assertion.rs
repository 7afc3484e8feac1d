//! How the application proves itself: by a service-account token of the cluster (RFC 7523, section
//! 2.2; workload identity federation).

use serde_json::{Value, json};

use super::error::TokenError;
use crate::federated::{AUDIENCE, ISSUER, SUBJECT};
use crate::jwt::Untrusted;
use crate::parameters::Parameters;
use crate::state::{Sim, now};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Checks the assertion as the application's federated credential wants it: issuer, subject and
/// audience exactly, signature and time.
pub(super) fn check(sim: &Sim, form: &Parameters) -> Result<(), TokenError> {
    let invalid = |code, text: &str| TokenError::new("invalid_client", code, text);
    let Some(assertion) = form.get("client_assertion") else {
        return Err(invalid(
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        ));
    };
    if form.text("client_assertion_type") != TYPE {
        return Err(invalid(
            900443,
            "The client_assertion_type is not supported.",
        ));
    }
    let Some(token) = Untrusted::parse(assertion) else {
        return Err(invalid(50027, "JWT token is invalid or malformed."));
    };
    let text = |name: &str| {
        token
            .claims
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    if text("iss") != ISSUER {
        return Err(invalid(
            700211,
            "No matching federated identity record found for presented assertion issuer.",
        ));
    }
    if text("sub") != SUBJECT {
        return Err(invalid(
            700213,
            "No matching federated identity record found for presented assertion subject.",
        ));
    }
    let audience = token.claims.get("aud");
    if audience != Some(&json!(AUDIENCE)) && audience != Some(&json!([AUDIENCE])) {
        return Err(invalid(
            700212,
            "No matching federated identity record found for presented assertion audience.",
        ));
    }
    let key = sim.data().cluster_key.clone();
    if token.header.get("kid") != Some(&json!(key.id)) || !token.is_signed_by(&key.public()) {
        return Err(invalid(50013, "Assertion failed signature validation."));
    }
    let number = |name: &str| token.claims.get(name).and_then(Value::as_u64);
    if number("exp").is_none_or(|exp| exp <= now())
        || number("nbf").is_some_and(|nbf| nbf > now() + 300)
    {
        return Err(invalid(
            700024,
            "Client assertion is not within its valid time range.",
        ));
    }
    Ok(())
}
