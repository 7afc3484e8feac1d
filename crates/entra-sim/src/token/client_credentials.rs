//! A token for the application itself (RFC 6749, section 4.4), as Azure's own services take it.

use serde_json::{Value, json};

use super::client::{check_client, refuse_credentials};
use super::client_assertion;
use super::error::TokenError;
use crate::parameters::Parameters;
use crate::scopes::{AKS, REDIS, is_graph};
use crate::state::{KUBELOGIN, Sim};
use crate::tokens;

/// What the tenant knows beside Graph.
const RESOURCES: [&str; 2] = [AKS, REDIS];

pub(super) fn respond(sim: &Sim, tenant: &str, form: &Parameters) -> Result<Value, TokenError> {
    let client_id = check_client(sim, tenant, form)?;
    if client_id == KUBELOGIN {
        refuse_credentials(form)?;
    }
    client_assertion::check(sim, form)?;
    let token = tokens::application_token(sim, client_id, resource(form)?)?;
    sim.remember(&token.token);
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": token.expires_in,
        "ext_expires_in": token.expires_in,
        "access_token": token.token,
    }))
}

/// All of one resource, whatever was consented to.
fn resource(form: &Parameters) -> Result<&str, TokenError> {
    let Some(scope) = form.get("scope") else {
        return Err(TokenError::new(
            "invalid_request",
            900144,
            "The request body must contain the following parameter: 'scope'.",
        ));
    };
    let Some(resource) = scope.strip_suffix("/.default") else {
        return Err(TokenError::new(
            "invalid_scope",
            1002012,
            format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
            ),
        ));
    };
    if is_graph(resource) {
        return Ok("https://graph.microsoft.com");
    }
    if !RESOURCES.contains(&resource) {
        return Err(TokenError::new(
            "invalid_resource",
            500011,
            format!("The resource principal named {resource} was not found in the tenant."),
        ));
    }
    Ok(resource)
}
