//! `GET /callback`: where Entra sends people back to.
//!
//! The order is the security of it. State and cookie are compared first, and what fails there writes
//! nothing. Then comes what may be away: a 503 up to there keeps the attempt, so that a reload
//! works. Then the attempt is claimed, and only then is the code redeemed; from the claim on every
//! outcome clears the attempt's cookie.

mod answer;
mod interaction;
mod redemption;
mod sign_in;

use http::StatusCode;

use self::answer::Answer;
use crate::entra::{Entra, Metadata};
use crate::entra_error::{EntraError, Verdict};
use crate::errors::{Error, Failure};
use crate::function::Call;
use crate::kubelogin::{DEVICE_CODE, DeviceCodeError, Kubelogin};
use crate::outbound::{Away, Dependency};
use crate::platform::Platform;
use crate::request::Request;
use crate::respond::{self, Response};
use crate::session::attempt::{self, Purpose};
use crate::session::{
    self, Attempt, Interaction, Keyring, Live, Outcome, Records, SessionError, claim_attempt,
    cookies, peek,
};
use crate::settings::{
    AdmissionSettings, AksConsent, AksSettings, Client, CookieSettings, FailureLimit, JobService,
    KubernetesAuth, Lifetimes, Reader, SameSite, SidecarSettings, Site, table,
};
use crate::terms::{Secret, encoding};
use crate::{aks, pages};

struct Settings {
    client: Client,
    site: Site,
    keyring: Keyring,
    cookies: CookieSettings,
    lifetimes: Lifetimes,
    oidc_scopes: String,
    aks: AksSettings,
    sidecar: SidecarSettings,
    admission: AdmissionSettings,
    failure_limit: FailureLimit,
    consent: AksConsent,
    jobs: Option<JobService>,
    kubernetes_auth: KubernetesAuth,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let site = Site::read(reader);
        let keyring = Keyring::read(reader);
        let cookies = CookieSettings::read(reader);
        let lifetimes = Lifetimes::read(reader);
        let oidc_scopes = reader.read(&table::OIDC_SCOPES);
        let aks = AksSettings::read(reader);
        let sidecar = SidecarSettings::read(reader);
        let admission = AdmissionSettings::read(reader, client.as_ref());
        let failure_limit = FailureLimit::read(reader);
        let consent = AksConsent::read(reader);
        let jobs = JobService::read(reader);
        let kubernetes_auth = reader.read(&table::KUBERNETES_AUTH);
        Some(Self {
            client: client?,
            site: site?,
            keyring: keyring?,
            cookies: cookies?,
            lifetimes: lifetimes?,
            oidc_scopes: oidc_scopes?,
            aks: aks?,
            sidecar: sidecar?,
            admission: admission?,
            failure_limit: failure_limit?,
            consent: consent?,
            jobs: jobs?,
            kubernetes_auth: kubernetes_auth?,
        })
    }
}

impl Settings {
    /// Whether kubelogin takes over after `interaction`.
    fn goes_to_kubelogin(&self, interaction: &Interaction) -> bool {
        self.consent != AksConsent::Only && aks::leads_to_kubelogin(interaction)
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = &call.settings(Settings::read)?;
    let query = call.request.query();
    if settings.cookies.same_site == SameSite::Strict && query.one("again")? != Some("1") {
        return Ok(again(call.request));
    }
    let records = &Records {
        platform: call.platform,
        keyring: &settings.keyring,
    };
    let state = query.one("state")?.unwrap_or_default();
    let Some(attempt) = find_attempt(call, settings, state) else {
        return reloaded(call, settings, records, state)
            .await?
            .ok_or(Error::NoAttempt.into());
    };
    let answer = Answer::read(&query)?;
    let entra = Entra::new(call.platform, &settings.client, &settings.sidecar);
    let arrival = Arrival {
        call,
        settings,
        records,
        entra,
        attempt,
    };
    let mut result = match arrival.prepare(answer).await? {
        prepared if claim_attempt(records, &arrival.attempt).await? => {
            arrival.conclude(prepared).await
        }
        _ => match reloaded(call, settings, records, state).await? {
            Some(response) => Ok(response),
            None => Err(Error::AttemptUsed.into()),
        },
    };
    let name = arrival.attempt.cookie_name(&settings.cookies);
    let clear = cookies::clear_attempt(&settings.cookies, &name);
    match &mut result {
        Ok(response) => respond::add_cookie(response, &clear),
        Err(failure) => failure.cookies.push(clear),
    }
    result
}

/// With `SameSite=Strict` the session cookie does not come along with Entra's redirect, which another
/// site began: a page of ours asks again, before anything is read.
fn again(request: &Request) -> Response {
    let address = format!("{}&again=1", request.target);
    if request.wants_html() {
        return pages::go_on(&address);
    }
    go_to(&address)
}

/// The attempt of this browser with this state. In constant time as far as the state is compared.
fn find_attempt<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    state: &str,
) -> Option<Attempt> {
    let name = attempt::cookie_name(&settings.cookies, state);
    let sealed = call.request.cookie(&name)?;
    Attempt::open(&settings.keyring, &name, &sealed, call.platform.now())
        .filter(|attempt| attempt.has_state(state))
}

/// A callback that is loaded again after its end goes on to where it led, or says again what Entra
/// refused. It writes nothing.
async fn reloaded<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    records: &Records<'_, P>,
    state: &str,
) -> Result<Option<Response>, Failure> {
    let Some(handle) = cookies::session_handle(call.request, &settings.cookies) else {
        return Ok(None);
    };
    let idle = settings.lifetimes.idle;
    let Some(session) = peek(records, handle, idle).await? else {
        return Ok(None);
    };
    let hash = encoding::sha256(state);
    if session.record.state_hash == hash {
        return Ok(Some(go_to(session.record.return_path.as_str())));
    }
    let tokens = session
        .record
        .grant
        .tokens(records)
        .await?
        .unwrap_or_default();
    match tokens
        .interaction
        .filter(|interaction| interaction.state_hash == hash)
    {
        Some(interaction) if settings.goes_to_kubelogin(&interaction) => {
            Ok(Some(go_to(DEVICE_CODE)))
        }
        Some(interaction) => match interaction.outcome {
            Outcome::Granted => Ok(Some(go_to(interaction.return_path.as_str()))),
            Outcome::Refused(error) => Err(Error::AksTokenRefused(Box::new(error)).into()),
            Outcome::Open => Ok(None),
        },
        None => Ok(None),
    }
}

fn go_to(address: &str) -> Response {
    respond::redirect(StatusCode::FOUND, address)
}

/// An answer, and all that is needed to act on it.
enum Prepared<'a> {
    Code {
        code: &'a str,
        assertion: Secret,
        metadata: Metadata,
    },
    Refusal(Box<EntraError>),
}

/// What is known once state and cookie agree.
struct Arrival<'a, P> {
    call: &'a Call<'a, P>,
    settings: &'a Settings,
    records: &'a Records<'a, P>,
    entra: Entra<'a, P>,
    attempt: Attempt,
}

impl<P: Platform> Arrival<'_, P> {
    /// Gets what may be away while the attempt can still be kept.
    async fn prepare<'q>(&self, answer: Answer<'q>) -> Result<Prepared<'q>, Error> {
        let (code, issuer) = match answer {
            Answer::Refusal(error) => return Ok(Prepared::Refusal(error)),
            Answer::Code { code, issuer } => (code, issuer),
        };
        self.check_failures().await?;
        let assertion = self.entra.client_assertion().await?;
        let metadata = self.entra.metadata(self.records).await?;
        if issuer.is_some_and(|issuer| issuer != metadata.issuer) {
            return Err(Error::BadParameter(
                "iss",
                "is not the issuer of this tenant",
            ));
        }
        Ok(Prepared::Code {
            code,
            assertion,
            metadata,
        })
    }

    /// Acts on the answer; the attempt is claimed.
    async fn conclude(&self, prepared: Prepared<'_>) -> Result<Response, Failure> {
        match (prepared, self.attempt.purpose) {
            (
                Prepared::Code {
                    code,
                    assertion,
                    metadata,
                },
                Purpose::SignIn,
            ) => self.sign_in(code, &assertion, metadata).await,
            (
                Prepared::Code {
                    code,
                    assertion,
                    metadata,
                },
                _,
            ) => self.interaction(code, &assertion, metadata).await,
            (Prepared::Refusal(error), _) if error.verdict() == Verdict::Transient => {
                let reason = error.to_string();
                Err(interrupted(Away {
                    what: Dependency::Entra,
                    reason,
                    retry_after: None,
                })
                .into())
            }
            (Prepared::Refusal(error), Purpose::SignIn) => Err(Error::SignInRefused(error).into()),
            (Prepared::Refusal(error), _) => self.interaction_refused(error).await,
        }
    }

    /// Lets kubelogin take over for `session`, and sends the browser there.
    async fn device_code(&self, session: &Live) -> Result<Response, Failure> {
        let service = self.settings.jobs.as_ref();
        let kubelogin = Kubelogin {
            call: self.call,
            records: self.records,
            service: service.ok_or(DeviceCodeError::Disabled)?,
            session,
            clock_tolerance: self.settings.lifetimes.clock_tolerance,
        };
        kubelogin.start(self.attempt.return_path.clone()).await?;
        Ok(go_to(DEVICE_CODE))
    }

    /// The session that this browser has, even if it idled out.
    async fn previous(&self) -> Result<Option<Live>, SessionError> {
        match cookies::session_handle(self.call.request, &self.settings.cookies) {
            Some(handle) => session::find(self.records, handle).await,
            None => Ok(None),
        }
    }
}

/// The attempt is spent, so what is away now means to begin again.
fn interrupted(away: impl Into<Away>) -> Error {
    Error::SignInInterrupted(away.into())
}
