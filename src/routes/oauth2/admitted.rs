//! Who may use an app. What is known of them, and their tokens, are renewed while they use it.

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
use crate::session::{self, Claims, Holder, Live, Tokens, lease};
use crate::settings::{AppToken, AppTokens, Bearers};
use crate::store::Records;
use crate::terms::{Origin, Secret};

/// How old may be what is known of a user whom the rules of admission have to admit, in seconds: as long as
/// an AKS token lives, at the loss of which such a session ends too.
const STALE: u64 = 2 * RENEWED_AFTER;

/// Somebody who may use an app, and the tokens that it gets.
pub(crate) struct Admitted {
    pub(crate) by: By,
    pub(crate) claims: Claims,
    pub(crate) id_token: Option<Secret>,
    pub(crate) access_token: Option<Secret>,
}

/// By what somebody is known.
pub(crate) enum By {
    /// An app cookie.
    Cookie(Box<Live<AppRecord>>),
    /// An access token that a program has brought.
    Bearer {
        /// It.
        token: Secret,
        /// When it ends.
        ends: UnixTime,
    },
}

/// What has been renewed, and the tokens that are wanted.
#[derive(Default)]
struct Fresh {
    /// What Entra has said anew of the user; nothing if what is known is not due.
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
    /// Whether it is a browser's that may be led away: to sign in, and to Entra before that.
    pub(crate) may_be_led: bool,
}

impl<P: Platform> Visit<'_, P> {
    /// Who asks, if the `rules` of the app admit them: whose is the access token for one of the audiences of
    /// `bearers`; else who is signed in by the app cookie. Nothing if there is neither.
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

    /// Who is signed in by the app cookie, if the `rules` of the app admit them. What is known of the user, and
    /// the tokens that the app gets, are renewed when they are due. Nothing if nobody is signed in, or has to
    /// sign in anew: also where Entra wants the user before it gives a token, and their browser may be led there.
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
        // A token for somebody who may not go on is asked of nobody. Whether what is known has changed is.
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
    /// When Entra said what is known of the user.
    known_at: UnixTime,
}

impl<P: Platform> Renewal<'_, P> {
    /// The tokens of the scope, or of the user alone, and what Entra says with them. False if the sign-in
    /// has ended.
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

    /// The AKS token, if apps get it.
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
        let now = self.visit.call.platform.now();
        if !(self.visit.may_be_led && aks::may_lead(tokens, trip, now)) {
            return Ok(false);
        }
        let tolerance = self.visit.settings.clock_tolerance();
        let note = |tokens: &mut Tokens| aks::lead(tokens, trip, now);
        lease::change(self.records, tolerance, &self.holder, note).await?;
        Ok(true)
    }

    /// What follows when nothing but what is known of the user is due, and that is `age` seconds old. A user
    /// whom Entra does not know any more is signed out. Otherwise it serves a while longer; where it decides
    /// on who may be here at all, not for ever.
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
