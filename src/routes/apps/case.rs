//! The verdict on one request to an app, and the decisions while it is carried.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use verdict::{Audit, Forward, Limits, Rules, Writing};

use super::access::{Access, Carriage};
use super::error::{AppError, is_for_no_app};
use super::lasting::Whose;
use super::token::{Got, back};
use crate::addresses;
use crate::apps::{self, Asker, Led, NoWay, Ours, Policy};
use crate::carrier::{Decider, Look, pace};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond;
use crate::routes::oauth2::{Admitted, AppRefused, By, Visit, facts};
use crate::session::streams::{Holder, Place};
use crate::session::{Claims, cookies};
use crate::settings::{AppToken, AppTokens, METHODS, Upstream, UpstreamToken};
use crate::terms::Origin;

/// The longest time for sending a body that was read first, if the app has no limit of its own.
const LONGEST: Duration = Duration::from_secs(600);

/// The decision on a request.
pub(super) enum Decided<'a, P> {
    /// It may be carried.
    Case(Box<Case<'a, P>>),
    /// Its client gets this answer.
    Answer(respond::Response),
}

/// A request that may be carried.
pub(super) struct Case<'a, P> {
    access: &'a Access<'a, P>,
    led: Led<'a>,
    /// Its user; `None` where no sign-in is needed.
    who: Option<Admitted>,
    pub(super) place: Option<Place>,
}

impl<'a, P: Platform> Access<'a, P> {
    /// Decides on the request. `audit` gets the user and the request.
    ///
    /// # Errors
    /// With its client's answer instead.
    pub(super) async fn decide(&'a self, audit: &mut Audit) -> Result<Decided<'a, P>, Failure> {
        let (request, settings) = (self.request, self.settings);
        let nowhere = |_| BadRequest::NotFound;
        let here: Origin = settings.app.place.of(request).map_err(nowhere)?;
        let methods = apps::methods(request);
        let led = apps::lead(
            &settings.app.place.apps.upstreams,
            &here,
            &methods,
            &request.target,
        );
        let led = led.map_err(|no_way| match no_way {
            NoWay::Nowhere => Failure::from(BadRequest::NotFound),
            NoWay::Ambiguous => AppError::AmbiguousPath.into(),
        })?;
        audit.app = Some(here.host().to_owned());
        audit.method = Some(request.method.to_string());
        self.check_head(&led, &methods)?;
        let mut case = Case {
            access: self,
            led,
            who: None,
            place: None,
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
            may_be_led: self.is_navigation(),
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
    fn check_head(&self, led: &Led<'_>, methods: &[Method]) -> Result<(), AppError> {
        let request = self.request;
        let taken = led.upstream.methods.as_ref();
        let takes = |method: &Method| taken.is_none_or(|taken| taken.contains(method));
        let is_taken = led.is_public || methods.iter().all(takes);
        if methods.iter().any(is_for_no_app) || !is_taken {
            let taken = taken.map_or(METHODS.as_slice(), Vec::as_slice);
            return Err(AppError::Method(taken.to_vec()));
        }
        // The host removes `Upgrade` before a component sees the request; this header remains.
        let is_websocket = request.headers.contains_key("sec-websocket-key");
        match self.carriage {
            Carriage::Upgrade if !becomes_a_websocket(&request.headers) => Err(AppError::Protocol),
            Carriage::Upgrade => self.check_origin(led.upstream),
            Carriage::Here | Carriage::Native if is_websocket => Err(AppError::Upgrade),
            Carriage::Here if led.upstream.keep_host => Err(AppError::KeepsHost),
            Carriage::Here | Carriage::Native => Ok(()),
        }
    }

    /// Browsers send cookies with a WebSocket of any page, and let that page read the answers (RFC 6455,
    /// section 10.2). So the page must be the app's own, or an allowed one.
    fn check_origin(&self, upstream: &Upstream) -> Result<(), AppError> {
        let others = upstream.websocket_origins.iter();
        let mut origins = [&upstream.app].into_iter().chain(others);
        match origins.any(|origin| self.request.must_be_from(origin).is_ok()) {
            true => Ok(()),
            false => Err(AppError::ForeignOrigin),
        }
    }

    /// The answer without a sign-in. A browser that navigates is redirected; a program, or a request with a
    /// body, gets an error.
    fn sign_in_first(&self, led: &Led<'_>) -> Result<respond::Response, Failure> {
        let back = back(led);
        if !self.is_navigation() {
            return Err(AppRefused::nobody(back, &self.settings.bearers).into());
        }
        let address = led.upstream.app.join(&addresses::app_start(&back));
        Ok(respond::redirect(StatusCode::FOUND, &address))
    }
}

/// Whether WebSocket is the only protocol that the request asks for. Over any other that it may choose (HTTP/2,
/// or HTTP in TLS) an app could take further requests, on which nobody decides.
fn becomes_a_websocket(headers: &HeaderMap) -> bool {
    let mut upgrades = headers.get_all(header::UPGRADE).iter();
    let is_websocket = |to: &HeaderValue| to.as_bytes().eq_ignore_ascii_case(b"websocket");
    upgrades.next().is_some_and(is_websocket) && upgrades.next().is_none()
}

/// Checks the rules of `upstream`.
fn admit(upstream: &Upstream, claims: &Claims) -> Result<(), AppRefused> {
    Policy::of_upstream(&upstream.policy)
        .admit(&facts(claims))
        .map_err(|denied| AppRefused::Denied(denied, Box::new(claims.user.clone())))
}

/// The token that is renewed with the claims. The AKS token is handled elsewhere, since users are redirected
/// to consent to it.
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

/// Notes the user. An access token belongs to no session of ours.
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
    /// Takes a place, if the request is known to last.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub(super) async fn take_place(&mut self) -> Result<(), Failure> {
        let most = self.led.upstream.limits.body;
        let is_long = self.access.carriage == Carriage::Upgrade
            || pace::is_long_body(&self.access.request.headers, most);
        match is_long {
            true => self.lasts().await,
            false => Ok(()),
        }
    }

    /// Gives its place back.
    pub(super) async fn close(self) {
        self.access.lasting().places().give_back(self.place).await;
    }

    /// Its user, as kept while it lasts.
    pub(super) fn whose(&self) -> Option<Whose> {
        let who = self.who.as_ref()?;
        Some(Whose::of(who, self.access.records.keyring))
    }

    /// The longest body of a request to the app, in bytes.
    pub(super) fn longest_body(&self) -> u64 {
        self.led.upstream.limits.body
    }

    /// The destination of the request, and the rules for its answer.
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
            host: upstream.keep_host.then(|| upstream.app.host().to_owned()),
            method: request.method.clone(),
            target: self.led.target.clone(),
            headers: apps::head(request, upstream, asker, trusted, ours),
            removed: verdict::not_to_apps_client(),
            set: HeaderMap::new(),
            location_prefix: Some(prefix.to_owned()),
            location_base: Some(base.to_owned()),
            cookies,
            // An app's answer about a token is for its client.
            asks_again: Vec::new(),
        }
    }

    /// The rules for a request that is no upgrade, with this interval of looks.
    pub(super) fn rules(&self, every: Duration) -> Rules {
        let limits = self.led.upstream.limits;
        Rules {
            body: pace::body(limits.body),
            limits: Limits {
                connect: limits.connect,
                send: limits.response.unwrap_or(LONGEST),
                answer: limits.response,
            },
            looks: pace::looks(every),
            events: false,
            // The app chooses the size of its answer's frames, so a slow reader must not hold up others.
            apart: true,
        }
    }
}

impl<P: Platform> Decider for Case<'_, P> {
    type Refusal = Failure;

    async fn lasts(&mut self) -> Result<(), Failure> {
        let Some(who) = self.who.as_ref().filter(|_| self.place.is_none()) else {
            return Ok(());
        };
        let lasting = self.access.lasting();
        let holder = Holder::person_at_apps(&who.claims.user);
        let near = Whose::of(who, self.access.records.keyring).fingerprint();
        self.place = lasting.places().take(&holder, &near).await?;
        match self.place {
            Some(_) => Ok(()),
            None => Err(lasting.no_place().into()),
        }
    }

    async fn refused(&mut self, _: &Response<()>, _: bool) -> Result<Option<Forward>, Failure> {
        Ok(None)
    }

    async fn look(&mut self, _: Option<Writing>) -> Look<Failure> {
        let lasting = self.access.lasting();
        let whose = self.whose();
        let held = lasting.holdings(&[whose.as_ref()]).await.pop();
        let Some(Ok(holding)) = held else {
            return Look::Unknown;
        };
        let near = whose.as_ref().map_or_else(String::new, Whose::fingerprint);
        let look = lasting
            .places()
            .keep(holding.as_ref(), &near, &mut self.place)
            .await;
        match look {
            Ok(look) => lasting.follows(look, whose.as_ref(), back(&self.led)),
            Err(_) => Look::Unknown,
        }
    }
}
