//! The grants: what is exchanged for tokens.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

use super::error::TokenError;
use super::granted::Granted;
use crate::parameters::Parameters;
use crate::scopes::Scopes;
use crate::state::users::User;
use crate::state::{Code, Sim, now};

/// How long a code lives, in seconds.
const CODE: u64 = 600;

/// RFC 6749, section 4.1.3, and RFC 7636, section 4.6. A code that was presented is spent, whatever
/// comes of it.
pub(super) fn authorization_code(sim: &Sim, form: &Parameters) -> Result<Granted, TokenError> {
    let code = take(sim, form.text("code"))?;
    if code.redeemed {
        return Err(invalid(
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
        ));
    }
    if now() >= code.issued_at + CODE {
        return Err(invalid(
            70008,
            "The provided authorization code or refresh token has expired due to inactivity.",
        ));
    }
    if form.text("redirect_uri") != code.redirect_uri {
        return Err(invalid(
            500112,
            "The reply address does not match the reply address provided when requesting the authorization code.",
        ));
    }
    check_verifier(&code, form.get("code_verifier"))?;
    let scopes = Scopes::parse(form.get("scope").unwrap_or(&code.scope));
    if form.get("scope").is_some() && scopes.resources.len() > 1 {
        return Err(TokenError::new(
            "invalid_request",
            28000,
            "Provided value for the input parameter scope is not valid because it contains more than one resource.",
        ));
    }
    consented(sim, code.sign_on.user, &scopes)?;
    Ok(Granted {
        sign_on: code.sign_on,
        client_id: sim.options.client_id.clone(),
        scopes,
        nonce: code.nonce,
    })
}

/// RFC 6749, section 6. The old token stays valid, as Entra's does; of several resources the first
/// one counts.
pub(super) fn refresh_token(sim: &Sim, form: &Parameters) -> Result<Granted, TokenError> {
    let known = sim
        .data()
        .refresh_tokens
        .get(form.text("refresh_token"))
        .cloned();
    let (sign_on, client_id) = known
        .filter(|(_, client_id)| client_id == form.text("client_id"))
        .ok_or_else(|| invalid(9002313, "Invalid request. Request is malformed or invalid."))?;
    let scopes = Scopes::parse(form.text("scope"));
    // Microsoft's own application needs nobody's consent.
    if client_id == sim.options.client_id {
        consented(sim, sign_on.user, &scopes)?;
    }
    Ok(Granted {
        sign_on,
        client_id,
        scopes,
        nonce: None,
    })
}

fn take(sim: &Sim, code: &str) -> Result<Code, TokenError> {
    let mut data = sim.data();
    let known = data.codes.get_mut(code);
    let known = known
        .ok_or_else(|| invalid(9002313, "Invalid request. Request is malformed or invalid."))?;
    let code = known.clone();
    known.redeemed = true;
    Ok(code)
}

fn check_verifier(code: &Code, verifier: Option<&str>) -> Result<(), TokenError> {
    let expected = match (&code.challenge, verifier) {
        (None, None) => return Ok(()),
        (None, Some(_)) => {
            return Err(invalid(
                501481,
                "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
            ));
        }
        (Some(_), None) => return Err(invalid(50148, "The code_verifier is missing.")),
        (Some((method, challenge)), Some(verifier)) => {
            if !(43..=128).contains(&verifier.len()) {
                return Err(invalid(501491, "Invalid size of Code_Verifier parameter."));
            }
            let answer = match method.as_str() {
                "S256" => Base64UrlUnpadded::encode_string(&Sha256::digest(verifier)),
                _ => verifier.to_owned(),
            };
            answer == *challenge
        }
    };
    if expected {
        Ok(())
    } else {
        Err(invalid(
            501481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        ))
    }
}

fn consented(sim: &Sim, user: &User, scopes: &Scopes) -> Result<(), TokenError> {
    let data = sim.data();
    let has_aks = !scopes.wants_aks() || data.consents.contains(user.id);
    if has_aks && (!scopes.group_names || data.group_names) {
        return Ok(());
    }
    drop(data);
    let text = format!(
        "The user or administrator has not consented to use the application with ID '{}'. Send an interactive authorization request for this user and resource.",
        sim.options.client_id
    );
    Err(invalid(65001, &text).suberror("consent_required"))
}

fn invalid(code: u32, text: &str) -> TokenError {
    TokenError::new("invalid_grant", code, text)
}
