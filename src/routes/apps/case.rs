//! The verdict on one request to an app, and what is decided on it while it is carried.

use std::time::Duration;

use http::{HeaderMap, Response, StatusCode};
use verdict::{Audit, BodyRules, Forward, Limits, Looks, Outcome, Rules, Writing};

use super::access::Access;
use super::error::{AppError, is_for_no_app};
use super::token::{Got, back};
use crate::addresses;
use crate::apps::{self, Asker, Led, NoWay, Ours, Policy, is_navigation};
use crate::carrier::{Decider, End, Look};
use crate::entra::InvalidToken;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond;
use crate::routes::oauth2::{Admitted, AppRefused, By, Visit, facts};
use crate::session::{Claims, app, cookies};
use crate::settings::{AppToken, AppTokens, METHODS, Upstream, UpstreamToken};
use crate::terms::Origin;

/// A body up to this length, in bytes, is read before it is sent.
const KEPT: u64 = 64 * 1024;
/// How long such a body may take until it is waited for with more patience.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long it may take then. An instance waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a request that lasts is looked at.
const LOOK: Duration = Duration::from_secs(15);
/// How long it goes on while the store cannot say whether it may.
const UNSEEN: Duration = Duration::from_secs(45);
/// The longest time that an app may take a body that was read, without one of its own.
const LONGEST: Duration = Duration::from_secs(600);

/// What is decided on a request.
pub(super) enum Decided<'a, P> {
    /// It may be carried.
    Case(Box<Case<'a, P>>),
    /// Its client gets this.
    Answer(respond::Response),
}

/// A request that may be carried.
pub(super) struct Case<'a, P> {
    access: &'a Access<'a, P>,
    led: Led<'a>,
    /// Whose it is; nothing where nobody has to be signed in.
    who: Option<Admitted>,
}

impl<'a, P: Platform> Access<'a, P> {
    /// Decides on the request. `audit` learns who asks for what.
    ///
    /// # Errors
    /// With what its client is told instead.
    pub(super) async fn decide(&'a self, audit: &mut Audit) -> Result<Decided<'a, P>, Failure> {
        let (request, settings) = (self.request, self.settings);
        let nowhere = |_| BadRequest::NotFound;
        let here: Origin = settings.app.place.of(request).map_err(nowhere)?;
        let led = apps::lead(
            &settings.app.place.apps.upstreams,
            &here,
            &request.method,
            &request.target,
        );
        let led = led.map_err(|no_way| match no_way {
            NoWay::Nowhere => Failure::from(BadRequest::NotFound),
            NoWay::Ambiguous => AppError::AmbiguousPath.into(),
        })?;
        audit.app = Some(here.host().to_owned());
        audit.method = Some(request.method.to_string());
        self.check_head(&led)?;
        let mut case = Case {
            access: self,
            led,
            who: None,
        };
        if case.led.is_public {
            return Ok(Decided::Case(Box::new(case)));
        }
        let upstream = case.led.upstream;
        let visit = Visit {
            call: self.call,
            request,
            settings: &settings.app,
            here: &here,
            wanted: &wanted(&upstream.token),
            may_be_led: is_navigation(request, Some(&request.method)),
        };
        let rules = |claims: &Claims| admit(upstream, claims);
        let who = visit.admitted(&settings.bearers, rules).await?;
        let Some(mut who) = who else {
            return self.sign_in_first(&case.led).map(Decided::Answer);
        };
        note(audit, &who);
        if let By::Cookie(cookie) = &who.by
            && upstream.token == UpstreamToken::Aks
        {
            match self.aks_token(cookie, &case.led).await? {
                Got::Token(token) => who.access_token = Some(token),
                Got::Redirect(response) => return Ok(Decided::Answer(response)),
            }
        }
        case.who = Some(who);
        Ok(Decided::Case(Box::new(case)))
    }

    /// What is decided on method and headers, before anybody is asked who it is.
    fn check_head(&self, led: &Led<'_>) -> Result<(), AppError> {
        let request = self.request;
        let methods = led.upstream.methods.as_ref();
        let is_taken = methods.is_none_or(|methods| methods.contains(&request.method));
        if is_for_no_app(&request.method) || !(is_taken || led.is_public) {
            let taken = methods.map_or(METHODS.as_slice(), Vec::as_slice);
            return Err(AppError::Method(taken.to_vec()));
        }
        // The host removes `Upgrade` before a component sees the request. This is what is left of it.
        match request.headers.contains_key("sec-websocket-key") {
            true => Err(AppError::Upgrade),
            false => Ok(()),
        }
    }

    /// The answer without a sign-in. A person is led to it; a program, and whoever would lose a body, is told.
    fn sign_in_first(&self, led: &Led<'_>) -> Result<respond::Response, Failure> {
        let request = self.request;
        let back = back(led);
        if !is_navigation(request, Some(&request.method)) {
            return Err(AppRefused::NoSession(back).into());
        }
        let address = led.upstream.app.join(&addresses::app_start(&back));
        Ok(respond::redirect(StatusCode::FOUND, &address))
    }
}

/// Asks the rules of `upstream`.
fn admit(upstream: &Upstream, claims: &Claims) -> Result<(), AppRefused> {
    Policy::of_upstream(&upstream.policy)
        .admit(&facts(claims))
        .map_err(|denied| AppRefused::Denied(denied, Box::new(claims.user.clone())))
}

/// The token that is renewed with what is known of the user. That of AKS has a way of its own, since people
/// are led to consent to it.
fn wanted(token: &UpstreamToken) -> AppTokens {
    let access_token = match token {
        UpstreamToken::None | UpstreamToken::Aks => None,
        UpstreamToken::Of(scope) => Some(AppToken::Of(scope.clone())),
    };
    AppTokens {
        access_token,
        ..AppTokens::NONE
    }
}

/// Notes whose request it is. An access token belongs to no session of ours.
fn note(audit: &mut Audit, who: &Admitted) {
    let user = &who.claims.user;
    audit.oid = Some(user.oid.clone());
    audit.tid = Some(user.tid.clone());
    audit.upn.clone_from(&user.preferred_username);
    audit.session = match &who.by {
        By::Cookie(app) => Some(app.handle.fingerprint()),
        By::Bearer { .. } => None,
    };
}

impl<P: Platform> Case<'_, P> {
    /// Where the request goes, and what its client gets of the answer.
    pub(super) fn forward(&self) -> Forward {
        let (request, settings) = (self.access.request, self.access.settings);
        let upstream = self.led.upstream;
        let cookies = cookies::names(&settings.app.sessions.cookies);
        let ours = Ours {
            cookies: &cookies,
            audiences: settings.bearers.kept(),
        };
        let asker = Asker {
            facts: self.who.as_ref().map(|who| facts(&who.claims)),
            token: self.who.as_ref().and_then(|who| who.access_token.as_ref()),
        };
        let trusted = &settings.trusted_proxies;
        // Without a rewrite both sides have the same paths.
        let (base, prefix) = match &upstream.rewrite {
            Some(base) => (base.as_str(), upstream.path.as_str()),
            None => ("", ""),
        };
        Forward {
            origin: upstream.url.as_str().to_owned(),
            method: request.method.clone(),
            target: self.led.target.clone(),
            headers: apps::head(request, upstream, asker, trusted, ours),
            removed: verdict::not_to_apps_client(),
            set: HeaderMap::new(),
            location_prefix: Some(prefix.to_owned()),
            location_base: Some(base.to_owned()),
            cookies,
            // What an app says of a token is between it and its client.
            asks_again: Vec::new(),
        }
    }

    /// What else holds for the request.
    pub(super) fn rules(&self) -> Rules {
        let limits = self.led.upstream.limits;
        Rules {
            body: BodyRules {
                most: limits.body,
                kept: KEPT,
                at_once: AT_ONCE,
                patience: PATIENCE,
            },
            limits: Limits {
                connect: limits.connect,
                send: limits.response.unwrap_or(LONGEST),
                answer: limits.response,
            },
            looks: Looks {
                every: LOOK,
                patience: UNSEEN,
            },
            events: false,
            apart: false,
        }
    }
}

impl<P: Platform> Decider for Case<'_, P> {
    type Refusal = Failure;

    /// An app's streams take no places: the host bounds how many requests are under way.
    async fn lasts(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    async fn refused(&mut self, _: &Response<()>, _: bool) -> Result<Option<Forward>, Failure> {
        Ok(None)
    }

    async fn look(&mut self, _: Option<Writing>) -> Look<Failure> {
        let why = match self.who.as_ref().map(|who| &who.by) {
            None => return Look::GoesOn,
            Some(By::Cookie(cookie)) => {
                let idle = self.access.settings.app.sessions.lifetimes.idle;
                let (handle, scope) = (cookie.handle.clone(), &cookie.record.scope);
                match app::open(&self.access.records, handle, scope, idle).await {
                    Ok(Some(_)) => return Look::GoesOn,
                    Err(_) => return Look::Unknown,
                    Ok(None) => AppRefused::NoSession(back(&self.led)),
                }
            }
            Some(By::Bearer { ends, .. }) => match self.access.call.platform.now() < *ends {
                true => return Look::GoesOn,
                false => AppRefused::Bearer(InvalidToken::Expired),
            },
        };
        Look::Ends(End {
            outcome: Outcome::SessionEnded,
            why: why.into(),
            last: None,
        })
    }
}
