//! Asks Entra for an AKS token, and keeps what it gives.

use serde_json::{Map, Value};

use super::failure::AksFailure;
use crate::admission::Door;
use crate::entra::authorize::aks_scope;
use crate::entra::{Entra, Grant, TokenAnswer, decode_unverified, scopes};
use crate::platform::{Platform, UnixTime};
use crate::session::{AccessToken, Source, Tokens};
use crate::terms::{Guid, User};

/// Asks Entra for an AKS token with the refresh token. Puts the outcome into `tokens`, which the
/// caller stores: the token and the new refresh token, or why there is none. `door` is asked
/// whether the user is still admitted. It is absent if it was asked just now.
///
/// # Errors
/// When there is no token.
pub async fn acquire<P: Platform>(
    entra: &Entra<'_, P>,
    server_id: &Guid,
    user: &User,
    door: Option<&Door<'_, P>>,
    tokens: &mut Tokens,
) -> Result<(), AksFailure> {
    let outcome = ask(entra, server_id, user, door, tokens).await;
    match &outcome {
        Ok(()) => tokens.interaction = None,
        Err(failure) => failure.note(entra.platform.now(), tokens),
    }
    outcome
}

async fn ask<P: Platform>(
    entra: &Entra<'_, P>,
    server_id: &Guid,
    user: &User,
    door: Option<&Door<'_, P>>,
    tokens: &mut Tokens,
) -> Result<(), AksFailure> {
    let Some(refresh_token) = &tokens.refresh_token else {
        return Err(AksFailure::NoRefreshToken);
    };
    let assertion = entra.client_assertion().await?;
    let grant = Grant::RefreshToken(refresh_token);
    let answer = entra
        .tokens(grant, &aks_scope(server_id), &assertion)
        .await?;
    if let Some(door) = door {
        door.admit_again(user, &answer, refresh_token).await?;
    }
    keep(answer, server_id, user, entra.platform.now(), tokens)
        .map_err(|what| AksFailure::Unusable(what.to_owned()))
}

/// Puts the tokens of `answer`, which were asked for AKS, into `tokens`.
///
/// # Errors
/// When the access token is not `user`'s, or not for AKS.
pub fn keep(
    answer: TokenAnswer,
    server_id: &Guid,
    user: &User,
    now: UnixTime,
    tokens: &mut Tokens,
) -> Result<(), &'static str> {
    let claims = decode_unverified(answer.access_token.reveal()).ok_or("it is no JWT")?;
    check(&claims, server_id, user)?;
    if answer.expires_in == 0 {
        return Err("it has ended already");
    }
    let token = AccessToken {
        token: answer.access_token,
        source: Source::Entra,
        scopes: scopes(&answer.scope),
        issued_at: now,
        refresh_at: answer.refresh_in.map(|seconds| now.plus(seconds)),
        expires_at: now.plus(answer.expires_in),
    };
    tokens.access_tokens.insert(server_id.to_string(), token);
    if answer.refresh_token.is_some() {
        tokens.refresh_token = answer.refresh_token;
    }
    tokens.setback = None;
    tokens.generation += 1;
    Ok(())
}

/// Checks that the token was not mixed up. It came from Entra itself over TLS.
fn check(claims: &Map<String, Value>, server_id: &Guid, user: &User) -> Result<(), &'static str> {
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    // Entra writes the audience of v1 tokens as the GUID, or as the App ID URI `spn:GUID`.
    let audience = claim("aud");
    if audience.strip_prefix("spn:").unwrap_or(audience) != server_id.as_str() {
        return Err("its audience is not the AKS server application");
    }
    if claim("tid") != user.tid || claim("oid") != user.oid {
        return Err("it is another user's");
    }
    Ok(())
}
