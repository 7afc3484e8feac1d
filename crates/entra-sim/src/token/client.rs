//! Which application asks.

use super::error::TokenError;
use crate::parameters::Parameters;
use crate::state::{KUBELOGIN, Sim};

/// The application that asks, if tenant and application are known.
pub(crate) fn check_client<'a>(
    sim: &Sim,
    tenant: &str,
    form: &'a Parameters,
) -> Result<&'a str, TokenError> {
    if tenant != sim.options.tenant_id {
        let text = format!("Tenant '{tenant}' not found.");
        return Err(TokenError::new("invalid_request", 90002, text));
    }
    let client = form.text("client_id");
    if client != KUBELOGIN && client != sim.options.client_id {
        let text =
            format!("Application with identifier '{client}' was not found in the directory.");
        return Err(TokenError::new("unauthorized_client", 700016, text));
    }
    Ok(client)
}

/// Refuses a public application that shows credentials.
pub(super) fn refuse_credentials(form: &Parameters) -> Result<(), TokenError> {
    if form.get("client_assertion").is_some() || form.get("client_secret").is_some() {
        return Err(TokenError::new(
            "invalid_client",
            700025,
            "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        ));
    }
    Ok(())
}
