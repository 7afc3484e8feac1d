//! What is known of who is signed in at an app, and their tokens: renewed while they use the app.

use super::error::AppRefused;
use super::signed_in::{AppSettings, SignedIn};
use crate::aks::{
    AksFailure, AksToken, ForScope, Held, HeldForScope, RENEWED_AFTER, Without, without,
};
use crate::call::Call;
use crate::entra::Entra;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::{self, Claims, Holder, Tokens};
use crate::settings::{AppToken, AppTokens};
use crate::store::Records;
use crate::terms::Secret;

/// How old may be what is known of a user whom the rules of admission have to admit, in seconds: as long as
/// an AKS token lives, at the loss of which such a session ends too.
const STALE: u64 = 2 * RENEWED_AFTER;

/// What is known, and the tokens that are wanted.
pub(crate) struct Fresh {
    pub(crate) claims: Claims,
    pub(crate) id_token: Option<Secret>,
    pub(crate) access_token: Option<Secret>,
}

/// Renews what is due of `signed_in`. Nothing if the sign-in has ended, or has to be made anew.
///
/// # Errors
/// When a token that is `wanted` cannot be had, when what is known is stale, or when the user is no longer
/// admitted, whose sign-in is then ended.
pub(crate) async fn fresh<P: Platform>(
    call: &Call<'_, P>,
    settings: &AppSettings,
    signed_in: &SignedIn,
    wanted: &AppTokens,
) -> Result<Option<Fresh>, Failure> {
    let SignedIn { app, claims } = signed_in;
    let records = settings.records(call);
    let entra = Entra::new(call.platform, &settings.client, &settings.sidecar);
    let renewal = Renewal {
        call,
        settings,
        records: &records,
        entra: &entra,
        holder: app.holder(),
        wanted,
    };
    let mut fresh = Fresh {
        claims: claims.clone(),
        id_token: None,
        access_token: None,
    };
    let scoped = renewal.of_scope(&mut fresh).await?;
    Ok((scoped && renewal.of_aks(&mut fresh).await?).then_some(fresh))
}

struct Renewal<'a, P> {
    call: &'a Call<'a, P>,
    settings: &'a AppSettings,
    records: &'a Records<'a, P>,
    entra: &'a Entra<'a, P>,
    holder: Holder<'a>,
    wanted: &'a AppTokens,
}

impl<P: Platform> Renewal<'_, P> {
    /// The tokens of the scope, or of the user alone, and what Entra says with them. False if the sign-in
    /// has ended.
    async fn of_scope(&self, fresh: &mut Fresh) -> Result<bool, Failure> {
        let scope = match &self.wanted.access_token {
            Some(AppToken::Of(scope)) => Some(scope),
            Some(AppToken::Aks) | None => None,
        };
        let is_token_wanted = scope.is_some() || self.wanted.id_token;
        let age = self.call.platform.now().since(fresh.claims.at);
        if !is_token_wanted && age < RENEWED_AFTER {
            return Ok(true);
        }
        let renewed = ForScope {
            call: self.call,
            settings: &self.settings.aks,
            door: self.settings.door(self.entra, self.records),
            scope,
            keeps_id_token: self.wanted.id_token,
        };
        match renewed.of(&self.holder).await? {
            HeldForScope::Tokens(tokens) => {
                if tokens.issued_at > fresh.claims.at {
                    let Some(claims) = self.holder.grant.claims(self.records).await? else {
                        return Ok(false);
                    };
                    fresh.claims = claims;
                }
                fresh.id_token = tokens.id_token;
                fresh.access_token = tokens.access_token;
                Ok(true)
            }
            HeldForScope::Ended => Ok(false),
            HeldForScope::Nothing(tokens, failure) if is_token_wanted => {
                self.without(failure, &tokens).await
            }
            HeldForScope::Nothing(_, failure) => self.with_what_is_known(failure, age).await,
        }
    }

    /// The AKS token, if apps get it.
    async fn of_aks(&self, fresh: &mut Fresh) -> Result<bool, Failure> {
        if self.wanted.access_token != Some(AppToken::Aks) {
            return Ok(true);
        }
        let token = AksToken {
            call: self.call,
            settings: &self.settings.aks,
            door: self.settings.door(self.entra, self.records),
        };
        match token.of(&self.holder).await? {
            Held::Token(tokens) => {
                let server_id = &self.settings.aks.server_id;
                let token = tokens.access_token(server_id, self.call.platform.now());
                fresh.access_token = token.map(|token| token.token.clone());
                Ok(true)
            }
            Held::Nothing(tokens, failure) => self.without(failure, &tokens).await,
            Held::Ended => Ok(false),
        }
    }

    /// What follows when there is no token that is wanted. A new sign-in can only help if this one ends: the
    /// way to it leads past the session that is there.
    async fn without(&self, failure: AksFailure, tokens: &Tokens) -> Result<bool, Failure> {
        let why = match without(failure, tokens) {
            Without::Failed(failure) => return Err(failure),
            Without::SignInAgain | Without::NoRefreshToken => {
                return self.end().await;
            }
            Without::Interaction(_, error) => error.explanation().trim_end_matches('.').to_owned(),
            Without::Refused(refused) => refused.why(),
        };
        let user = Box::new(self.holder.user.clone());
        Err(AppRefused::NoToken(why, user).into())
    }

    /// What follows when nothing but what is known of the user is due, and that is `age` seconds old. A user
    /// whom Entra does not know any more is signed out. Otherwise it serves a while longer; where it decides
    /// on who may be here at all, not for ever.
    async fn with_what_is_known(&self, failure: AksFailure, age: u64) -> Result<bool, Failure> {
        let is_stale = self.settings.admission.any() && age >= STALE;
        match failure {
            AksFailure::NotAdmitted(refusal) => Err((*refusal).into()),
            AksFailure::Away(away) if is_stale => Err(away.into()),
            AksFailure::SignInAgain(_) => self.end().await,
            _ if is_stale => self.end().await,
            _ => Ok(true),
        }
    }

    async fn end(&self) -> Result<bool, Failure> {
        session::end(self.records, &self.holder).await?;
        Ok(false)
    }
}
