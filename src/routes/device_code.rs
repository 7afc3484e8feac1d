//! `/kubelogin/device-code`: `GET` says the device code. Once it was entered, `GET` keeps the token
//! and sends the user on. `POST` gets a new code. `DELETE` cancels.

use http::{Method, StatusCode};
use serde::Serialize;

use crate::addresses::DEVICE_CODE;
use crate::aks::{self, NoAksToken};
use crate::call::Call;
use crate::entra::Entra;
use crate::gate::{Gate, SessionSettings};
use crate::kubelogin::{Anew, Answer, DeviceCodeError, Kubelogin, Prompt};
use crate::pages::{self, View};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::session::{self, Job, Live, NoSession, Tokens};
use crate::settings::{Client, JobService, Reader, SidecarSettings, Site, table};
use crate::store::Records;
use crate::terms::{Guid, ReturnPath};

/// How often a client should ask, in seconds.
const INTERVAL: u64 = 2;

struct Settings {
    client: Client,
    site: Site,
    sessions: SessionSettings,
    server_id: Guid,
    sidecar: SidecarSettings,
    jobs: Option<JobService>,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let site = Site::read(reader);
        let sessions = SessionSettings::read(reader);
        let server_id = reader.read(&table::AKS_SERVER_ID);
        let sidecar = SidecarSettings::read(reader);
        let jobs = JobService::read(reader);
        Some(Self {
            client: client?,
            site: site?,
            sessions: sessions?,
            server_id: server_id?,
            sidecar: sidecar?,
            jobs: jobs?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = &call.settings(Settings::read)?;
    let reads = call.request.method == Method::GET;
    if !reads {
        call.request.must_be_from(&settings.site.origin)?;
    }
    let service = settings.jobs.as_ref().ok_or(DeviceCodeError::Disabled)?;
    let gate = Gate::new(call, &settings.sessions);
    let session = gate.require().await?;
    let records = &gate.records;
    let visit = Visit {
        call,
        settings,
        records,
        session: &session,
        kubelogin: Kubelogin {
            call,
            records,
            service,
            session: &session,
            clock_tolerance: settings.sessions.lifetimes.clock_tolerance,
        },
    };
    match call.request.method {
        Method::GET => visit.show().await,
        Method::POST => visit.start().await,
        _ => visit.cancel().await,
    }
}

/// One request with a session.
struct Visit<'a, P> {
    call: &'a Call<'a, P>,
    settings: &'a Settings,
    records: &'a Records<'a, P>,
    session: &'a Live,
    kubelogin: Kubelogin<'a, P>,
}

impl<P: Platform> Visit<'_, P> {
    async fn show(&self) -> Result<Response, Failure> {
        let tokens = self.tokens().await?;
        if self.has_token(&tokens) {
            let way = tokens
                .job
                .map_or_else(ReturnPath::whoami, |job| job.return_path);
            return Ok(respond::redirect(StatusCode::FOUND, way.as_str()));
        }
        let job = tokens.job.ok_or(DeviceCodeError::NotAsked)?;
        let entra = Entra::new(
            self.call.platform,
            &self.settings.client,
            &self.settings.sidecar,
        );
        let server_id = &self.settings.server_id;
        match self.kubelogin.ask(&entra, server_id, &job).await? {
            Answer::Starting => self.waiting(None),
            Answer::Pending(prompt) => self.waiting(Some(&prompt)),
            Answer::Collected => Ok(go_on(&job)),
            // Another tab may have collected it just now.
            Answer::Lost if self.has_token(&self.tokens().await?) => Ok(go_on(&job)),
            Answer::Lost => Err(DeviceCodeError::Lost.into()),
        }
    }

    /// Gets a new code, unless there is a token already, or Entra wants something of the user that
    /// no device code gives. Who asks again too soon keeps the code that there is.
    async fn start(&self) -> Result<Response, Failure> {
        let wish = self.call.request.query().return_path()?;
        let tokens = self.tokens().await?;
        if !self.has_token(&tokens) {
            if let Some(error) = aks::wanted_step_up(&tokens) {
                return Err(NoAksToken::InteractionRequired(error).into());
            }
            let before = tokens.job.as_ref();
            let way = wish.or(before.map(|job| job.return_path.clone()));
            let way = way.unwrap_or_else(ReturnPath::whoami);
            let anew = self.kubelogin.start_anew(before, way).await;
            session::sweep_beside(self.call, self.records).await;
            match anew? {
                Anew::TooSoon(seconds) if !self.call.request.wants_html() => {
                    return Err(DeviceCodeError::TooSoon(seconds).into());
                }
                // A person is shown the code that there is.
                Anew::TooSoon(_) | Anew::Started => {}
            }
        }
        if self.call.request.wants_html() {
            return Ok(respond::redirect(StatusCode::SEE_OTHER, DEVICE_CODE));
        }
        let mut response = respond::json(202, &Told::new(self.call, None));
        respond::set_header(&mut response, "location", DEVICE_CODE);
        Ok(response)
    }

    async fn cancel(&self) -> Result<Response, Failure> {
        self.kubelogin.cancel().await?;
        session::sweep_beside(self.call, self.records).await;
        Ok(respond::empty())
    }

    async fn tokens(&self) -> Result<Tokens, Failure> {
        let tokens = self.session.record.grant.tokens(self.records).await?;
        Ok(tokens.ok_or(NoSession)?)
    }

    fn has_token(&self, tokens: &Tokens) -> bool {
        let now = self.call.platform.now();
        tokens.access_token(&self.settings.server_id, now).is_some()
    }

    fn waiting(&self, prompt: Option<&Prompt>) -> Result<Response, Failure> {
        if self.call.request.wants_html() {
            let view = View::of(self.call)?;
            return Ok(pages::device_code(
                &view,
                &self.session.record.user,
                prompt,
                INTERVAL,
            ));
        }
        Ok(respond::json(200, &Told::new(self.call, prompt)))
    }
}

/// Sends the user to where they were going.
fn go_on(job: &Job) -> Response {
    respond::redirect(StatusCode::FOUND, job.return_path.as_str())
}

/// The answer to a program that waits. Before there is a code, all but `status` and `interval` is
/// null. Code and address are also null if they were not found in the message.
#[derive(Serialize)]
struct Told<'a> {
    status: &'static str,
    message: Option<&'a str>,
    user_code: Option<&'a str>,
    verification_uri: Option<&'a str>,
    expires_at: Option<String>,
    interval: u64,
}

impl<'a> Told<'a> {
    fn new<P: Platform>(call: &Call<'_, P>, prompt: Option<&'a Prompt>) -> Self {
        let expires_at = |prompt: &Prompt| call.platform.now().plus(prompt.expires_in).rfc3339();
        Self {
            status: prompt.map_or("starting", |_| "pending"),
            message: prompt.map(|prompt| prompt.message.as_str()),
            user_code: prompt.and_then(|prompt| prompt.user_code.as_deref()),
            verification_uri: prompt.and_then(|prompt| prompt.verification_uri.as_deref()),
            expires_at: prompt.map(expires_at),
            interval: INTERVAL,
        }
    }
}
