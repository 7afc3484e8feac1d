//! Users who may use an app. Their claims and tokens are renewed while they use it.

use super::bearer;
use super::error::AppRefused;
use super::signed_in::{AppSettings, SignedIn, signed_in};
use crate::aks::{
    self, AksFailure, AksToken, ForScope, Held, RENEWED_AFTER, Trip, Without, without,
};
use crate::call::Call;
use crate::entra::Entra;
use crate::platform::{Platform, UnixTime};
use crate::problem::Failure;
use crate::request::Request;
use crate::session::app::AppRecord;
use crate::session::{self, Claims, Holder, Live, Tokens};
use crate::settings::{AppToken, AppTokens, Bearers};
use crate::store::Records;
use crate::terms::{Origin, Secret};

/// The greatest age of claims for the rules of admission, in seconds. It is an AKS token's lifetime, since
/// the loss of that token ends such a session too.
const STALE: u64 = 2 * RENEWED_AFTER;

/// A user who may use an app, and the app's tokens.
pub(crate) struct Admitted {
    pub(crate) by: By,
    pub(crate) claims: Claims,
    pub(crate) id_token: Option<Secret>,
    pub(crate) access_token: Option<Secret>,
}

/// How the user is known.
pub(crate) enum By {
    /// An app cookie.
    Cookie(Box<Live<AppRecord>>),
    /// An access token from a program.
    Bearer {
        /// The token.
        token: Secret,
        /// Its expiry.
        ends: UnixTime,
    },
}

/// What was renewed, and the tokens that are needed.
#[derive(Default)]
struct Fresh {
    /// New claims from Entra; `None` if the known ones are not due.
    claims: Option<Claims>,
    id_token: Option<Secret>,
    access_token: Option<Secret>,
}

/// A request for an app.
pub(crate) struct Visit<'a, P> {
    pub(crate) call: &'a Call<'a, P>,
    /// The request with the app cookie, or the token.
    pub(crate) request: &'a Request,
    pub(crate) settings: &'a AppSettings,
    /// The origin of the app.
    pub(crate) here: &'a Origin,
    /// The tokens that the app gets.
    pub(crate) wanted: &'a AppTokens,
    /// Whether it comes from a browser that may be redirected, to sign in or to Entra.
    pub(crate) may_be_led: bool,
}

impl<P: Platform> Visit<'_, P> {
    /// The user of the request, if the `rules` of the app admit them: the subject of an access token for one
    /// of the audiences in `bearers`, else the user of the app cookie. `None` without either.
    ///
    /// # Errors
    /// As [`bearer::known_by`] and [`Visit::by_cookie`].
    pub(crate) async fn admitted(
        &self,
        bearers: &Bearers,
        rules: impl Fn(&Claims) -> Result<(), AppRefused>,
    ) -> Result<Option<Admitted>, Failure> {
        let known = bearer::known_by(self.call, self.request, self.settings, bearers).await?;
        let Some(known) = known else {
            return self.by_cookie(rules).await;
        };
        rules(&known.claims)?;
        Ok(Some(Admitted {
            by: By::Bearer {
                token: known.token,
                ends: known.ends,
            },
            claims: known.claims,
            id_token: None,
            access_token: None,
        }))
    }

    /// The user of the app cookie, if the `rules` of the app admit them. Claims and the app's tokens are
    /// renewed when they are due. `None` without a sign-in, or if a new one is needed. A new one is also
    /// needed where Entra requires the user before it issues a token, and their browser may be redirected.
    ///
    /// # Errors
    /// As [`signed_in`], and when a rule does not admit the user, when a token cannot be had, or when what is
    /// known is stale.
    async fn by_cookie(
        &self,
        rules: impl Fn(&Claims) -> Result<(), AppRefused>,
    ) -> Result<Option<Admitted>, Failure> {
        let Self {
            call,
            request,
            settings,
            here,
            ..
        } = *self;
        let Some(SignedIn { app, claims }) = signed_in(call, request, settings, here).await? else {
            return Ok(None);
        };
        let is_old = call.platform.now().since(claims.at) >= RENEWED_AFTER;
        // No token is requested for a user who is refused. New claims are, if the known ones are old.
        if !is_old {
            rules(&claims)?;
        }
        let records = settings.records(call);
        let entra = Entra::new(call.platform, &settings.client, &settings.sidecar);
        let renewal = Renewal {
            visit: self,
            records: &records,
            entra: &entra,
            holder: app.holder(),
            known_at: claims.at,
        };
        let mut fresh = Fresh::default();
        if !(renewal.of_scope(&mut fresh).await? && renewal.of_aks(&mut fresh).await?) {
            return Ok(None);
        }
        let is_renewed = fresh.claims.is_some();
        let claims = fresh.claims.unwrap_or(claims);
        if is_old || is_renewed {
            rules(&claims)?;
        }
        Ok(Some(Admitted {
            by: By::Cookie(Box::new(app)),
            claims,
            id_token: fresh.id_token,
            access_token: fresh.access_token,
        }))
    }
}

struct Renewal<'a, P> {
    visit: &'a Visit<'a, P>,
    records: &'a Records<'a, P>,
    entra: &'a Entra<'a, P>,
    holder: Holder<'a>,
    /// When Entra issued the claims.
    known_at: UnixTime,
}

impl<P: Platform> Renewal<'_, P> {
    /// Renews the tokens of the scope, or of the user alone, with the claims. False if the sign-in has ended.
    async fn of_scope(&self, fresh: &mut Fresh) -> Result<bool, Failure> {
        let scope = match &self.visit.wanted.access_token {
            Some(AppToken::Of(scope)) => Some(scope),
            Some(AppToken::Aks) | None => None,
        };
        let is_token_wanted = scope.is_some() || self.visit.wanted.id_token;
        let age = self.visit.call.platform.now().since(self.known_at);
        if !is_token_wanted && age < RENEWED_AFTER {
            return Ok(true);
        }
        let renewed = ForScope {
            call: self.visit.call,
            settings: &self.visit.settings.aks,
            door: self.visit.settings.door(self.entra, self.records),
            scope,
            keeps_id_token: self.visit.wanted.id_token,
        };
        match renewed.of(&self.holder).await? {
            Held::Token(tokens) => {
                if tokens.issued_at > self.known_at {
                    fresh.claims = self.holder.grant.claims(self.records).await?;
                    if fresh.claims.is_none() {
                        return Ok(false);
                    }
                }
                fresh.id_token = tokens.id_token;
                fresh.access_token = tokens.access_token;
                Ok(true)
            }
            Held::Ended => Ok(false),
            Held::Nothing(tokens, failure) if is_token_wanted => {
                self.without(failure, &tokens, scope.map(Trip::Scope)).await
            }
            Held::Nothing(_, failure) => self.with_what_is_known(failure, age).await,
        }
    }

    /// Renews the AKS token, if apps get it.
    async fn of_aks(&self, fresh: &mut Fresh) -> Result<bool, Failure> {
        if self.visit.wanted.access_token != Some(AppToken::Aks) {
            return Ok(true);
        }
        let token = AksToken {
            call: self.visit.call,
            settings: &self.visit.settings.aks,
            door: self.visit.settings.door(self.entra, self.records),
        };
        match token.of(&self.holder).await? {
            Held::Token(tokens) => {
                let server_id = &self.visit.settings.aks.server_id;
                let token = tokens.access_token(server_id, self.visit.call.platform.now());
                fresh.access_token = token.map(|token| token.token.clone());
                Ok(true)
            }
            Held::Nothing(tokens, failure) => self.without(failure, &tokens, Some(Trip::Aks)).await,
            Held::Ended => Ok(false),
        }
    }

    /// What follows when there is no token that is wanted, for which `trip` may help. A new sign-in can only help
    /// if this one ends: the way to it leads past the session that is there. But it leads to Entra on the way if
    /// that is noted.
    async fn without(
        &self,
        failure: AksFailure,
        tokens: &Tokens,
        trip: Option<Trip<'_>>,
    ) -> Result<bool, Failure> {
        let why = match without(failure, tokens) {
            Without::Failed(failure) => return Err(failure),
            Without::SignInAgain | Without::NoRefreshToken => {
                return self.end().await;
            }
            Without::Interaction(_, error) => {
                if let Some(trip) = trip
                    && self.leads(tokens, trip).await?
                {
                    return Ok(false);
                }
                error.explanation().trim_end_matches('.').to_owned()
            }
            Without::Refused(refused) => refused.why(),
        };
        let user = Box::new(self.holder.user.clone());
        Err(AppRefused::NoToken(why, user).into())
    }

    /// Whether the browser is led to Entra now, which is then noted.
    async fn leads(&self, tokens: &Tokens, trip: Trip<'_>) -> Result<bool, Failure> {
        if !self.visit.may_be_led {
            return Ok(false);
        }
        let tolerance = self.visit.settings.clock_tolerance();
        Ok(aks::leads(self.records, tolerance, &self.holder, tokens, trip).await?)
    }

    /// What follows when only the claims are due, which are `age` seconds old. A user whom Entra no longer
    /// knows is signed out. Otherwise the claims are used for a while longer. Where they decide on admission,
    /// that is limited.
    async fn with_what_is_known(&self, failure: AksFailure, age: u64) -> Result<bool, Failure> {
        let is_stale = self.visit.settings.admission.any() && age >= STALE;
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
