//! The device access token request (RFC 8628, sections 3.4 and 3.5), with Entra's errors.

use super::error::TokenError;
use super::granted::Granted;
use crate::parameters::Parameters;
use crate::scopes::Scopes;
use crate::state::{Decision, Sim, now};

/// What a device gets for its code.
pub(super) fn redeem(sim: &Sim, form: &Parameters) -> Result<Granted, TokenError> {
    let mut data = sim.data();
    let device = data
        .devices
        .get_mut(form.text("device_code"))
        .filter(|device| device.client_id == form.text("client_id"));
    let Some(device) = device else {
        return Err(TokenError::new(
            "bad_verification_code",
            70018,
            "The device_code is not valid.",
        ));
    };
    match &device.decision {
        _ if now() >= device.expires_at => Err(TokenError::new(
            "expired_token",
            70020,
            "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
        )),
        Decision::Pending => Err(TokenError::new(
            "authorization_pending",
            70016,
            "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
        )),
        Decision::Declined => Err(TokenError::new(
            "authorization_declined",
            65004,
            "User declined to consent to access the app.",
        )),
        Decision::Redeemed => Err(TokenError::new(
            "invalid_grant",
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
        )),
        Decision::Approved(sign_on) => {
            let granted = Granted {
                sign_on: sign_on.clone(),
                client_id: device.client_id.clone(),
                scopes: Scopes::parse(&device.scope),
                nonce: None,
            };
            device.decision = Decision::Redeemed;
            Ok(granted)
        }
    }
}
