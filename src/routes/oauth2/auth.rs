//! `/oauth2/auth`: a proxy in front of an app asks whether a request may go on, and who sent it.
//!
//! 202 allows it, with all identity headers. 401 means that nobody is signed in, and 403 that a rule of the
//! query does not admit the user. Where the proxy shows our answer to the browser, a navigation is redirected
//! instead of 401.

use http::StatusCode;

use super::admitted::{Admitted, By, Visit};
use super::error::AppRefused;
use super::seldom::{note_seldom, seldom};
use super::signed_in::{AppSettings, facts};
use crate::addresses;
use crate::apps::{Described, Policy, Undescribed, identity, is_navigation};
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::{self, Response};
use crate::session::Claims;
use crate::settings::{AppTokens, Bearers, ForwardAuth, ForwardAuthProfile, Reader};
use crate::terms::{Origin, ReturnPath};

struct Settings {
    app: AppSettings,
    forward_auth: ForwardAuth,
    tokens: AppTokens,
    bearers: Bearers,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let app = AppSettings::read(reader);
        let forward_auth = ForwardAuth::read(reader);
        let aks = app.as_ref().map(|app| &app.aks);
        let tokens = AppTokens::read(aks, reader);
        let bearers = Bearers::read(aks, reader);
        Some(Self {
            app: app?,
            forward_auth: forward_auth?,
            tokens: tokens?,
            bearers: bearers?,
        })
    }
}

/// `/oauth2/auth` itself, with the rules in its query. With a slash at the end it is Envoy's check of the root of
/// an app, which Spin's routes lead here.
pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    if call.request.path().ends_with('/') {
        return below(call).await;
    }
    let settings = call.settings(Settings::read)?;
    Check::new(call, &settings).answer().await
}

/// All paths below it are Envoy's checks. The rest of the path and the query are those of the request to the
/// app, so they contain no rules.
pub(crate) async fn below<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    if settings.forward_auth.profile != Some(ForwardAuthProfile::Envoy) {
        return Err(BadRequest::NotFound.into());
    }
    Check::new(call, &settings).answer().await
}

/// One check.
struct Check<'a, P> {
    call: &'a Call<'a, P>,
    settings: &'a Settings,
    described: Described<'a>,
}

impl<'a, P: Platform> Check<'a, P> {
    fn new(call: &'a Call<'a, P>, settings: &'a Settings) -> Self {
        Self {
            call,
            settings,
            described: Described::by(call.request, &settings.forward_auth),
        }
    }

    async fn answer(&self) -> Result<Response, Failure> {
        let Some(app) = self.app().await? else {
            return Err(self.nobody(ReturnPath::root()));
        };
        let visit = Visit {
            call: self.call,
            request: self.call.request,
            settings: &self.settings.app,
            here: &app,
            wanted: &self.settings.tokens,
            may_be_led: self.navigates(),
        };
        let rules = |claims: &Claims| self.admit(claims);
        match visit.admitted(&self.settings.bearers, rules).await? {
            Some(admitted) => Ok(self.allow(&admitted)),
            None => self.sign_in_first(&app),
        }
    }

    /// The answer that allows a request. Each header that a setting can fill is present, if need be empty.
    fn allow(&self, admitted: &Admitted) -> Response {
        let mut response = respond::bare(self.allowing());
        let headers = response.headers_mut();
        identity::set(headers, &facts(&admitted.claims));
        identity::set_access_token(headers, admitted.access_token.as_ref());
        let Settings {
            tokens, bearers, ..
        } = self.settings;
        if tokens.id_token || bearers.are_taken() {
            let authorization = match &admitted.by {
                By::Cookie(_) => admitted.id_token.as_ref(),
                By::Bearer { token, .. } => Some(token).filter(|_| bearers.pass_on),
            };
            identity::set_authorization(headers, authorization);
        }
        response
    }

    /// Checks the rules of the query.
    fn admit(&self, claims: &Claims) -> Result<(), AppRefused> {
        let profile = self.settings.forward_auth.profile;
        Policy::of_check(self.call.request, profile)
            .and_then(|policy| policy.admit(&facts(claims)))
            .map_err(|denied| AppRefused::Denied(denied, Box::new(claims.user.clone())))
    }

    /// The app of the request; `None` for an unknown one. Unknown hosts are logged once a minute, since
    /// anybody can send them.
    async fn app(&self) -> Result<Option<Origin>, Failure> {
        let place = &self.settings.app.place;
        let found = match self.described.origin() {
            Ok(origin) => place.app(&origin),
            // No trusted proxy describes the request. It is for the host that was asked, as with a check at
            // the app's own host.
            Err(
                why @ (Undescribed::NoProfile | Undescribed::NotTrusted | Undescribed::Missing(_)),
            ) => self.asked(why),
            Err(wrong) => return Err(wrong.into()),
        };
        let records = self.settings.app.records(self.call);
        match found {
            Err(refused) if !matches!(refused, AppRefused::OwnOrigin(_)) => {
                // Without the store nobody can be let on either, and that is logged.
                note_seldom(self.call, &records, &refused).await?;
                Ok(None)
            }
            found => seldom(self.call, &records, found).await.map(Some),
        }
    }

    /// The origin that was asked. Our own stands only for an app whose cookie is for a whole domain.
    fn asked(&self, why: Undescribed) -> Result<Origin, AppRefused> {
        let place = &self.settings.app.place;
        let here = place.of(self.call.request)?;
        if here == place.site.origin && place.scope(&here).domain().is_none() {
            return Err(AppRefused::Undescribed(why));
        }
        Ok(here)
    }

    /// The answer without a sign-in: 401, or a redirect for a browser to which the proxy shows our answer.
    fn sign_in_first(&self, app: &Origin) -> Result<Response, Failure> {
        let back = self.described.uri().map(ReturnPath::parse);
        let back = back.ok().and_then(Result::ok);
        let method = self.described.method().ok();
        match back.as_ref().filter(|_| self.shows_our_answer()) {
            Some(back) if is_navigation(self.call.request, method.as_ref()) => {
                let address = app.join(&addresses::app_start(back));
                Ok(respond::redirect(StatusCode::FOUND, &address))
            }
            _ => Err(self.nobody(back.unwrap_or_else(ReturnPath::root))),
        }
    }

    /// The refusal of who is not signed in.
    fn nobody(&self, back: ReturnPath) -> Failure {
        AppRefused::nobody(back, &self.settings.bearers).into()
    }

    /// Whether it is a browser's navigation that is asked about. Where nobody who is believed says its method, it is
    /// that of the check: our answer is no redirect then.
    fn navigates(&self) -> bool {
        let method = match self.described.method() {
            Ok(method) => method,
            Err(Undescribed::NoProfile | Undescribed::NotTrusted) => {
                self.call.request.method.clone()
            }
            Err(_) => return false,
        };
        is_navigation(self.call.request, Some(&method))
    }

    /// Whether the proxy shows the browser our refusal unchanged.
    fn shows_our_answer(&self) -> bool {
        match self.settings.forward_auth.profile {
            Some(
                ForwardAuthProfile::Traefik | ForwardAuthProfile::Caddy | ForwardAuthProfile::Envoy,
            ) => true,
            Some(ForwardAuthProfile::Nginx | ForwardAuthProfile::HaProxy) | None => false,
        }
    }

    /// The status that allows a request. Envoy accepts only one.
    fn allowing(&self) -> u16 {
        match self.settings.forward_auth.profile {
            Some(ForwardAuthProfile::Envoy) => 200,
            _ => 202,
        }
    }
}
