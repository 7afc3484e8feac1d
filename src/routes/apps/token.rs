//! The user's AKS token, for an app that needs it.

use http::StatusCode;

use super::access::Access;
use super::error::AppError;
use crate::addresses;
use crate::aks::{self, AksFailure, AksToken, Held, NoAksToken, Trip, Way, Without};
use crate::apps::Led;
use crate::entra::Entra;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::routes::oauth2::AppRefused;
use crate::session::app::AppRecord;
use crate::session::{Live, Tokens};
use crate::terms::{ReturnPath, Secret};

/// The result of asking for a token.
pub(super) enum Got {
    /// The token.
    Token(Secret),
    /// The browser must go to Entra first.
    Redirect(Response),
}

impl<P: Platform> Access<'_, P> {
    /// The AKS token of the user with `app`, or a redirect for a browser.
    ///
    /// # Errors
    /// When there is neither.
    pub(super) async fn aks_token(
        &self,
        app: &Live<AppRecord>,
        led: &Led<'_>,
    ) -> Result<Got, Failure> {
        let settings = &self.settings.app;
        let entra = Entra::new(self.call.platform, &settings.client, &settings.sidecar);
        let token = AksToken {
            call: self.call,
            settings: &settings.aks,
            door: settings.door(&entra, self.records),
        };
        match token.of(&app.holder()).await? {
            Held::Token(tokens) => {
                let now = self.call.platform.now();
                let token = tokens.access_token(&settings.aks.server_id, now);
                // The token may have expired in this second.
                let over = || self.no_token(app, "it is over".to_owned());
                Ok(Got::Token(token.ok_or_else(over)?.token.clone()))
            }
            Held::Nothing(tokens, failure) => self.without(app, led, failure, &tokens).await,
            Held::Ended => Err(self.nobody(led).into()),
        }
    }

    /// What follows when there is none. A person is led to Entra once, or to the page where a device code is
    /// offered; what Entra then says is told here, so that nobody goes in circles.
    async fn without(
        &self,
        app: &Live<AppRecord>,
        led: &Led<'_>,
        failure: AksFailure,
        tokens: &Tokens,
    ) -> Result<Got, Failure> {
        let navigates = self.is_navigation();
        let (why, way) = match aks::without(failure, tokens) {
            Without::Failed(failure) => return Err(failure),
            Without::SignInAgain => {
                let address = addresses::login(&self.start(led), false);
                return match navigates {
                    true => Ok(self.redirect(&address)),
                    false => Err(self.nobody(led).into()),
                };
            }
            Without::NoRefreshToken => {
                let why = "it is over, and Microsoft Entra gave nothing to renew it";
                (why.to_owned(), None)
            }
            Without::Refused(refused) => (refused.why(), None),
            Without::Interaction(kind, error) => {
                let way = aks::way(self.settings.consent, tokens, &kind, &error);
                let why = NoAksToken::InteractionRequired(error).why();
                (why, Some(way))
            }
        };
        match way {
            Some(Way::Entra) if navigates => {
                Ok(self.redirect(&addresses::login(&self.start(led), true)))
            }
            Some(Way::Choose { .. } | Way::DeviceCode) if self.leads(app, tokens).await? => {
                let address = led.upstream.app.join(&addresses::app_start(&back(led)));
                let response = respond::redirect(StatusCode::FOUND, &address);
                Ok(Got::Redirect(response))
            }
            _ => Err(self.no_token(app, why).into()),
        }
    }

    /// Whether the browser is led to our own origin now, where its user chooses or gets a device code. That is then
    /// noted, as for forward-auth.
    async fn leads(&self, app: &Live<AppRecord>, tokens: &Tokens) -> Result<bool, Failure> {
        if !self.is_navigation() {
            return Ok(false);
        }
        let (tolerance, holder) = (self.settings.app.clock_tolerance(), app.holder());
        Ok(aks::leads(self.records, tolerance, &holder, tokens, Trip::Aks).await?)
    }

    fn nobody(&self, led: &Led<'_>) -> AppRefused {
        AppRefused::nobody(back(led), &self.settings.bearers)
    }

    fn no_token(&self, app: &Live<AppRecord>, why: String) -> AppError {
        let site = self.settings.app.place.site.origin.clone();
        AppError::NoAksToken(site, why, Box::new(app.record.user.clone()))
    }

    fn redirect(&self, path: &str) -> Got {
        let address = self.settings.app.place.site.origin.join(path);
        Got::Redirect(respond::redirect(StatusCode::FOUND, &address))
    }

    /// The path at our own origin that leads on to the app. It is a return path, so a long query of the app's
    /// page is dropped.
    fn start(&self, led: &Led<'_>) -> ReturnPath {
        let back = back(led);
        let pages = [back.as_str(), back.path(), "/"];
        let mut starts = pages.into_iter().filter_map(|page| {
            let start = addresses::app_start_at(&led.upstream.app.join(page));
            ReturnPath::parse(&start)
                .ok()
                .filter(|kept| kept.as_str() == start)
        });
        starts.next().unwrap_or_else(ReturnPath::whoami)
    }
}

/// The return path of a sign-in.
pub(super) fn back(led: &Led<'_>) -> ReturnPath {
    ReturnPath::parse(led.asked).unwrap_or_else(|_| ReturnPath::root())
}
