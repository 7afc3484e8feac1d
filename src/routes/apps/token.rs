//! The user's AKS token, for an app that needs it.

use http::StatusCode;

use super::access::Access;
use super::error::AppError;
use crate::addresses;
use crate::aks::{self, AksFailure, AksToken, Held, NoAksToken, Way, Without};
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
            Held::Nothing(tokens, failure) => self.without(app, led, failure, &tokens),
            Held::Ended => Err(AppRefused::NoSession(back(led)).into()),
        }
    }

    /// What follows without a token. A browser is redirected to Entra once; then Entra's error is shown here,
    /// so that the redirect is not repeated.
    fn without(
        &self,
        app: &Live<AppRecord>,
        led: &Led<'_>,
        failure: AksFailure,
        tokens: &Tokens,
    ) -> Result<Got, Failure> {
        let navigates = self.is_navigation();
        let (why, may_help) = match aks::without(failure, tokens) {
            Without::Failed(failure) => return Err(failure),
            Without::SignInAgain => {
                let address = addresses::login(&self.start(led), false);
                return match navigates {
                    true => Ok(self.redirect(&address)),
                    false => Err(AppRefused::NoSession(back(led)).into()),
                };
            }
            Without::NoRefreshToken => {
                let why = "it is over, and Microsoft Entra gave nothing to renew it";
                (why.to_owned(), false)
            }
            Without::Refused(refused) => (refused.why(), false),
            Without::Interaction(kind, error) => {
                let way = aks::way(self.settings.consent, tokens, &kind, &error);
                let why = NoAksToken::InteractionRequired(error).why();
                (why, way == Way::Entra)
            }
        };
        match may_help && navigates {
            true => Ok(self.redirect(&addresses::login(&self.start(led), true))),
            false => Err(self.no_token(app, why).into()),
        }
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
