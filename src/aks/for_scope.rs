//! A user's token for any scope but that of AKS, and the ID token that comes with it. It is obtained with the
//! user's refresh token, kept with the grant, and renewed as the AKS token is: by one request at a time.
//!
//! Each time Entra says anew who the user is. So the rules of admission are asked again, and what apps are
//! told is replaced.

use super::failure::AksFailure;
use super::held::{Held, Next, Renewed, next, serving};
use super::log::log;
use crate::admission::Door;
use crate::call::Call;
use crate::entra::authorize::{OPENID, api_scope};
use crate::entra::{Grant, IdToken, TokenAnswer, decode_unverified};
use crate::platform::{Platform, UnixTime};
use crate::session::lease::Lease;
use crate::session::{self, Claims, Holder, Scoped, ScopedTokens, Tokens};
use crate::settings::{AksSettings, ApiScope};
use crate::store::StoreFailure;
use crate::terms::{Secret, User};

/// After how long everything is renewed, however long it would still be valid, in seconds: what Entra says
/// of the user is never older, while Entra answers.
pub const RENEWED_AFTER: u64 = 3600;

/// What is needed to keep a user's tokens for a scope fresh.
pub struct ForScope<'a, P> {
    /// The request.
    pub call: &'a Call<'a, P>,
    /// How early tokens are refreshed, and the server whose tokens nobody gets in this way.
    pub settings: &'a AksSettings,
    /// Whether the user is still admitted. It also has Entra, the store and the clock tolerance.
    pub door: Door<'a, P>,
    /// The API for which there is to be an access token; nothing if the user alone is meant.
    pub scope: Option<&'a ApiScope>,
    /// Whether the ID token is kept too.
    pub keeps_id_token: bool,
}

impl<P: Platform> ForScope<'_, P> {
    /// The tokens of `holder`. When they are due, one request on one replica asks Entra. The others take the
    /// old ones while they are valid, and otherwise wait for the new ones. A transient failure leaves the old
    /// ones in force.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, holder: &Holder<'_>) -> Result<Held<ScopedTokens>, StoreFailure> {
        Ok(match next(self, &self.door, holder).await? {
            Next::Use(_, living) => Held::Token(living),
            Next::Renew(lease) => self.renew(holder, *lease).await?,
            Next::Nothing(tokens, failure) => Held::Nothing(tokens, failure),
            Next::Ended => Held::Ended,
        })
    }

    /// Asks Entra. What it gives is stored before anybody sees it.
    async fn renew(
        &self,
        holder: &Holder<'_>,
        lease: Lease,
    ) -> Result<Held<ScopedTokens>, StoreFailure> {
        let mut tokens = lease.tokens.clone();
        let outcome = self.ask(holder.user, &mut tokens).await;
        match &outcome {
            Err(AksFailure::NotAdmitted(_)) => session::end(self.door.records, holder).await?,
            Err(failure) => {
                self.note(failure, &mut tokens);
                lease.write(self.door.records, &mut tokens).await?;
            }
            Ok((_, claims)) => {
                // What comes too late for the lease is another request's to write.
                if lease.write(self.door.records, &mut tokens).await? {
                    holder.grant.write_claims(self.door.records, claims).await?;
                }
            }
        }
        let outcome = outcome.map(|(renewed, _)| renewed);
        log(self.call, "refresh", holder, outcome.as_ref().err());
        session::sweep_beside(self.call, self.door.records).await;
        Ok(match outcome {
            Ok(renewed) => Held::Token(renewed),
            Err(failure) => match serving(self.living(&tokens), &failure) {
                Some(living) => Held::Token(living),
                None => Held::Nothing(Box::new(tokens), failure),
            },
        })
    }

    /// Asks Entra, and puts what it gives into `tokens`.
    async fn ask(
        &self,
        user: &User,
        tokens: &mut Tokens,
    ) -> Result<(ScopedTokens, Claims), AksFailure> {
        let (entra, door) = (self.door.entra, &self.door);
        let refresh_token = tokens.refresh_token.clone();
        let refresh_token = refresh_token.ok_or(AksFailure::NoRefreshToken)?;
        let assertion = entra.client_assertion().await?;
        let scope = match self.scope {
            Some(scope) => api_scope(scope.as_str()),
            None => OPENID.to_owned(),
        };
        let grant = Grant::RefreshToken(&refresh_token);
        let answer = entra.tokens(grant, &scope, &assertion).await?;
        let id_token = door.known_again(user, &answer, &refresh_token).await?;
        let claims = Claims {
            groups: door.groups(&id_token, Some(&refresh_token)).await?,
            upn: id_token.membership.upn.clone(),
            roles: id_token.membership.roles.clone(),
            user: id_token.user.clone(),
            at: entra.platform.now(),
        };
        let renewed = self
            .usable(answer, &id_token, tokens)
            .map_err(|what| AksFailure::Unusable(what.to_owned()))?;
        Ok((renewed, claims))
    }

    /// Puts the tokens of `answer` into `tokens`, if they are what was asked for.
    fn usable(
        &self,
        answer: TokenAnswer,
        id_token: &IdToken,
        tokens: &mut Tokens,
    ) -> Result<ScopedTokens, &'static str> {
        let now = self.now();
        if self.scope.is_some() {
            self.check(&answer.access_token, &id_token.user)?;
        }
        let life = now.plus(answer.expires_in);
        let expires_at = match (self.scope, self.keeps_id_token) {
            (Some(_), false) => life,
            (Some(_), true) => life.min(id_token.expires_at),
            (None, _) => id_token.expires_at,
        };
        if expires_at <= now {
            return Err("it has ended already");
        }
        let renewed = ScopedTokens {
            access_token: self.scope.map(|_| answer.access_token),
            id_token: answer.id_token.filter(|_| self.keeps_id_token),
            issued_at: now,
            refresh_at: answer.refresh_in.map(|seconds| now.plus(seconds)),
            expires_at,
        };
        if answer.refresh_token.is_some() {
            tokens.refresh_token = answer.refresh_token;
        }
        tokens.generation += 1;
        let scoped = Scoped {
            tokens: Some(renewed.clone()),
            ..Scoped::default()
        };
        tokens.keep_scoped(self.key(), scoped);
        Ok(renewed)
    }

    /// Checks that the token was not mixed up, as far as it can be read: for an API of others it may be
    /// opaque. It came from Entra itself over TLS. A name of AKS that the settings do not know must not give
    /// its token away.
    fn check(&self, token: &Secret, user: &User) -> Result<(), &'static str> {
        let Some(claims) = decode_unverified(token.reveal()) else {
            return Ok(());
        };
        let claim = |name: &str| claims.get(name).and_then(serde_json::Value::as_str);
        let audience = claim("aud").unwrap_or_default();
        let audience = audience.strip_prefix("spn:").unwrap_or(audience);
        if audience.eq_ignore_ascii_case(self.settings.server_id.as_str()) {
            return Err("it is for the AKS server application, which has a setting of its own");
        }
        match claim("oid").is_some_and(|oid| oid != user.oid) {
            true => Err("it is another user's"),
            false => Ok(()),
        }
    }

    /// Keeps a failure, so that nobody asks again too soon.
    fn note(&self, failure: &AksFailure, tokens: &mut Tokens) {
        let Some(setback) = failure.setback(self.now()) else {
            return;
        };
        // A refresh token that never gave anything is kept: signing in again would go in circles.
        if matches!(failure, AksFailure::SignInAgain(_)) && tokens.generation > 0 {
            tokens.refresh_token = None;
        }
        let before = tokens.scoped.remove(self.key()).unwrap_or_default();
        let scoped = Scoped {
            setback: Some(setback),
            ..before
        };
        tokens.keep_scoped(self.key(), scoped);
    }

    /// The name of this scope among the tokens.
    fn key(&self) -> &str {
        self.scope.map_or("", ApiScope::as_str)
    }

    fn now(&self) -> UnixTime {
        self.door.records.platform.now()
    }
}

impl<P: Platform> Renewed for ForScope<'_, P> {
    type Living = ScopedTokens;

    fn living(&self, tokens: &Tokens) -> Option<ScopedTokens> {
        let tokens = tokens.scoped.get(self.key())?.tokens.as_ref()?;
        // All that is wanted has to be among them.
        let has_id_token = !self.keeps_id_token || tokens.id_token.is_some();
        let lives = self.now() < tokens.expires_at;
        (lives && has_id_token).then(|| tokens.clone())
    }

    fn is_due(&self, _: &Tokens, living: &ScopedTokens) -> bool {
        let now = self.now();
        let left = living.expires_at.since(now);
        let is_wanted = living.refresh_at.is_some_and(|moment| now >= moment);
        let is_old = now.since(living.issued_at) >= RENEWED_AFTER;
        left <= self.settings.refresh_margin || is_wanted || is_old
    }

    fn known(&self, tokens: &Tokens) -> Option<AksFailure> {
        if tokens.refresh_token.is_none() {
            return Some(AksFailure::NoRefreshToken);
        }
        let setback = tokens.scoped.get(self.key())?.setback.as_ref();
        let holds = setback.filter(|setback| setback.holds(self.now()));
        holds.map(|setback| setback.failure(self.now()))
    }
}
