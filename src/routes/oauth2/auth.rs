//! `/oauth2/auth`: a proxy before an app asks whether a request may go on, and who sends it.
//!
//! 202 lets it on, with all identity headers. 401 says that nobody is signed in, and 403 that a rule of the
//! query does not admit the user. Where the proxy hands our answer to the browser, a person is redirected
//! to sign in instead of 401.

use http::StatusCode;

use super::error::AppRefused;
use super::place::Place;
use super::signed_in::{facts, signed_in};
use crate::addresses;
use crate::apps::{Described, Policy, Undescribed, identity, is_navigation};
use crate::call::Call;
use crate::gate::SessionSettings;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::{self, Response};
use crate::settings::{ForwardAuth, ForwardAuthProfile, Reader};
use crate::terms::{Origin, ReturnPath};

struct Settings {
    place: Place,
    sessions: SessionSettings,
    forward_auth: ForwardAuth,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let place = Place::read(reader);
        let sessions = SessionSettings::read(reader);
        let forward_auth = ForwardAuth::read(reader);
        Some(Self {
            place: place?,
            sessions: sessions?,
            forward_auth: forward_auth?,
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

/// Everything below it, which is Envoy's: the rest of the path and the query are those of the request to the
/// app, so no rule is in them.
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
        let Some(app) = self.app()? else {
            return Err(AppRefused::NoSession(ReturnPath::root()).into());
        };
        let Settings {
            place, sessions, ..
        } = self.settings;
        let Some(claims) = signed_in(self.call, sessions, place, &app).await? else {
            return self.sign_in_first(&app);
        };
        let facts = facts(&claims);
        let profile = self.settings.forward_auth.profile;
        Policy::of_check(self.call.request, profile)
            .and_then(|policy| policy.admit(&facts))
            .map_err(|denied| AppRefused::Denied(denied, Box::new(claims.user.clone())))?;
        let mut response = respond::bare(self.allowing());
        identity::set(response.headers_mut(), &facts);
        Ok(response)
    }

    /// The app that the request is for; nothing if that is none that is known, which the log is told.
    fn app(&self) -> Result<Option<Origin>, Failure> {
        let place = &self.settings.place;
        let found = match self.described.origin() {
            Ok(origin) => place.app(origin.as_str()),
            // Nobody who is believed says it. It is the host that was asked, as with a check at the app's
            // own host.
            Err(
                why @ (Undescribed::NoProfile | Undescribed::NotTrusted | Undescribed::Missing(_)),
            ) => self.asked(why),
            Err(wrong) => return Err(wrong.into()),
        };
        match found {
            Ok(origin) => Ok(Some(origin)),
            Err(refused @ AppRefused::OwnOrigin(_)) => Err(refused.into()),
            Err(refused) => {
                self.call.log_error("refusal", &refused);
                Ok(None)
            }
        }
    }

    /// The origin that was asked. Our own can only stand for an app whose cookie is for a whole domain.
    fn asked(&self, why: Undescribed) -> Result<Origin, AppRefused> {
        let place = &self.settings.place;
        let here = place.of(self.call.request)?;
        if here == place.site.origin && place.scope(&here).domain().is_none() {
            return Err(AppRefused::Undescribed(why));
        }
        Ok(here)
    }

    /// The answer without a sign-in: 401, or a redirect for a person whom the proxy shows our answer.
    fn sign_in_first(&self, app: &Origin) -> Result<Response, Failure> {
        let back = self.described.uri().map(ReturnPath::parse);
        let back = back.ok().and_then(Result::ok);
        let method = self.described.method().ok();
        match back.as_ref().filter(|_| self.shows_our_answer()) {
            Some(back) if is_navigation(self.call.request, method.as_ref()) => {
                let address = app.join(&addresses::app_start(back));
                Ok(respond::redirect(StatusCode::FOUND, &address))
            }
            _ => Err(AppRefused::NoSession(back.unwrap_or_else(ReturnPath::root)).into()),
        }
    }

    /// Whether the proxy hands an answer that does not allow to the browser as it is.
    fn shows_our_answer(&self) -> bool {
        match self.settings.forward_auth.profile {
            Some(
                ForwardAuthProfile::Traefik | ForwardAuthProfile::Caddy | ForwardAuthProfile::Envoy,
            ) => true,
            Some(ForwardAuthProfile::Nginx | ForwardAuthProfile::HaProxy) | None => false,
        }
    }

    /// The status that lets a request on. Envoy takes no other.
    fn allowing(&self) -> u16 {
        match self.settings.forward_auth.profile {
            Some(ForwardAuthProfile::Envoy) => 200,
            _ => 202,
        }
    }
}
