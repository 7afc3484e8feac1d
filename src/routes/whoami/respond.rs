//! What `/whoami` answers.

use http::StatusCode;

use super::settings::Settings;
use super::shown::Shown;
use crate::addresses::DEVICE_CODE;
use crate::admission::Door;
use crate::aks::{self, AksFailure, AksToken, Held, NoAksToken, Way, Without};
use crate::call::Call;
use crate::entra::{Entra, decode_unverified};
use crate::entra_error::EntraError;
use crate::gate::{Gate, sign_in_first};
use crate::kubelogin::{DeviceCodeError, Kubelogin};
use crate::pages::{self, View, Whoami};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::{BadRequest, LedBy, Request};
use crate::respond::{self, Response};
use crate::routes::to_entra::ToEntra;
use crate::session::{InteractionKind, Live, Tokens, lease};
use crate::settings::SameSite;
use crate::store::{Records, StoreFailure};

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let gate = Gate::new(call, &settings.sessions);
    let Some(session) = gate.session().await? else {
        return nobody(call.request);
    };
    let visit = Visit {
        call,
        settings: &settings,
        records: &gate.records,
        session: &session,
    };
    match visit.aks_token().await? {
        Held::Token(tokens) => visit.show(&tokens).await,
        Held::Nothing(tokens, failure) => visit.without_token(&tokens, failure).await,
        Held::Ended => nobody(call.request),
    }
}

/// Answers without a session. A person signs in and comes back. A program is told where to sign in.
fn nobody(request: &Request) -> Result<Response, Failure> {
    sign_in_first(request, StatusCode::FOUND, &request.return_path())
}

fn to_device_code() -> Response {
    respond::redirect(StatusCode::FOUND, DEVICE_CODE)
}

/// One request with a session.
pub(super) struct Visit<'a, P> {
    pub(super) call: &'a Call<'a, P>,
    pub(super) settings: &'a Settings,
    pub(super) records: &'a Records<'a, P>,
    pub(super) session: &'a Live,
}

impl<P: Platform> Visit<'_, P> {
    async fn aks_token(&self) -> Result<Held, StoreFailure> {
        let (client, sidecar) = (&self.settings.client, &self.settings.sidecar);
        let entra = Entra::new(self.call.platform, client, sidecar);
        let token = AksToken {
            call: self.call,
            settings: &self.settings.aks,
            door: Door {
                entra: &entra,
                records: self.records,
                settings: &self.settings.admission,
                clock_tolerance: self.clock_tolerance(),
            },
        };
        token.of(&self.session.holder()).await
    }

    async fn without_token(
        &self,
        tokens: &Tokens,
        failure: AksFailure,
    ) -> Result<Response, Failure> {
        match aks::without(failure, tokens) {
            Without::Failed(failure) => Err(failure),
            Without::Refused(refused) => Err(refused.into()),
            Without::SignInAgain | Without::NoRefreshToken => nobody(self.call.request),
            Without::Interaction(kind, error) => self.interaction(tokens, &kind, error).await,
        }
    }

    /// Entra wants the user. This takes the one way on.
    async fn interaction(
        &self,
        tokens: &Tokens,
        kind: &InteractionKind,
        error: Box<EntraError>,
    ) -> Result<Response, Failure> {
        match aks::way(self.settings.consent, tokens, kind, &error) {
            Way::Open => Err(NoAksToken::InteractionOpen.into()),
            Way::Choose { open } => Err(NoAksToken::ConsentOrDeviceCode { open }.into()),
            Way::Refused(first) => Err(NoAksToken::Refused(Box::new(first)).into()),
            Way::DeviceCode => self.device_code(tokens).await,
            Way::Entra if self.call.request.wants_html() && !self.may_be_anothers() => {
                self.to_entra(kind).await
            }
            Way::Entra => Err(NoAksToken::InteractionRequired(error).into()),
        }
    }

    /// Whether another site may have led the browser here, as a link or a pop-up does. Such a visit
    /// shows what is there, and refreshes what is due anyway. It starts no run of kubelogin, and
    /// does not take the one trip to Entra: the user is offered both.
    ///
    /// A sign-in comes here from Entra's site too. It needs nothing of this, because `/callback`
    /// itself goes on to kubelogin or Entra. With `SameSite=Strict` a page of ours repeats whatever
    /// was sent to `/callback`, whoever sent it, so our own page proves nothing then.
    fn may_be_anothers(&self) -> bool {
        match self.call.request.led_by() {
            LedBy::User => false,
            LedBy::OwnPage => self.settings.sessions.cookies.same_site == SameSite::Strict,
            LedBy::AnotherSite => true,
        }
    }

    /// Lets kubelogin take over. A program is told where: it may not want to wait for a user.
    async fn device_code(&self, tokens: &Tokens) -> Result<Response, Failure> {
        if !self.call.request.wants_html() {
            return Err(DeviceCodeError::Needed.into());
        }
        let service = self.settings.jobs.as_ref();
        let kubelogin = Kubelogin {
            call: self.call,
            records: self.records,
            service: service.ok_or(DeviceCodeError::Disabled)?,
            session: self.session,
            clock_tolerance: self.clock_tolerance(),
        };
        if self.may_be_anothers() {
            return match &tokens.job {
                Some(job) if kubelogin.is_under_way(job).await? => Ok(to_device_code()),
                _ => Err(DeviceCodeError::Offered.into()),
            };
        }
        let before = tokens.job.as_ref().map(|job| job.return_path.clone());
        let return_path = before.unwrap_or_else(|| self.call.request.return_path());
        kubelogin.start(return_path).await?;
        Ok(to_device_code())
    }

    /// Sends the browser to Entra, once.
    async fn to_entra(&self, kind: &InteractionKind) -> Result<Response, Failure> {
        let back = self.call.request.return_path();
        let (attempt, interaction) = aks::begin_interaction(self.call.platform, kind, back);
        let note = |tokens: &mut Tokens| tokens.interaction = Some(interaction.clone());
        let (holder, tolerance) = (self.session.holder(), self.clock_tolerance());
        let noted = lease::change(self.records, tolerance, &holder, note).await?;
        if noted.is_none() {
            // The session was signed out meanwhile.
            return nobody(self.call.request);
        }
        let to_entra = ToEntra {
            call: self.call,
            sessions: &self.settings.sessions,
            client: &self.settings.client,
            site: &self.settings.site,
        };
        let server_id = &self.settings.aks.server_id;
        Ok(to_entra.for_aks(server_id, &attempt, kind, &self.session.record.user))
    }

    async fn show(&self, tokens: &Tokens) -> Result<Response, Failure> {
        let server_id = self.settings.aks.server_id.as_str();
        let Some(token) = tokens.access_tokens.get(server_id) else {
            return nobody(self.call.request);
        };
        if self.call.request.wants_html() && !self.wants_json()? {
            let claims = decode_unverified(token.token.reveal()).unwrap_or_default();
            let groups = self.group_names(tokens.refresh_token.as_ref()).await?;
            let whoami = Whoami {
                user: &self.session.record.user,
                token,
                server_id,
                claims: &claims,
                groups: groups.as_ref(),
            };
            return Ok(pages::whoami(&View::of(self.call)?, &whoami));
        }
        let shown = Shown {
            user: &self.session.record.user,
            server_id,
            token,
            now: self.call.platform.now(),
            with_token: self.settings.expose_access_token,
        };
        Ok(respond::json(200, &shown.document()))
    }

    /// Whether a person wants to see what programs get.
    fn wants_json(&self) -> Result<bool, BadRequest> {
        match self.call.request.query().one("format")? {
            None => Ok(false),
            Some("json") => Ok(true),
            Some(_) => Err(BadRequest::Parameter("format", "can only be `json`")),
        }
    }

    fn clock_tolerance(&self) -> u64 {
        self.settings.sessions.lifetimes.clock_tolerance
    }
}
