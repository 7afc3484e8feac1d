//! The run of kubelogin for one session.

use super::failure::DeviceCodeError;
use super::jobs::{Jobs, Progress, Prompt, Start, Told};
use crate::addresses::DEVICE_CODE;
use crate::call::Call;
use crate::entra::{Entra, InvalidToken, TokenFailure};
use crate::log::Event;
use crate::outbound::Outbound;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::{AccessToken, Job, Live, NoSession, Source, TokenRefused, Tokens, lease};
use crate::settings::JobService;
use crate::store::Records;
use crate::terms::{Guid, ReturnPath, Secret};

/// Runs of kubelogin for a session.
pub struct Kubelogin<'a, P> {
    /// The request.
    pub call: &'a Call<'a, P>,
    /// The store.
    pub records: &'a Records<'a, P>,
    /// The service that runs it.
    pub service: &'a JobService,
    /// The session.
    pub session: &'a Live,
    /// How far clocks may be apart, in seconds.
    pub clock_tolerance: u64,
}

/// What came of the wish for another run.
pub enum Anew {
    /// It has started.
    Started,
    /// The last one was started just now, and goes on. The number is the seconds until there can be
    /// another.
    TooSoon(u64),
}

/// What a user who waits for a token is told.
pub enum Answer {
    /// There is no code yet.
    Starting,
    /// The user has to enter the code.
    Pending(Prompt),
    /// The token is kept.
    Collected,
    /// The sidecar no longer knows the run.
    Lost,
}

impl<P: Platform> Kubelogin<'_, P> {
    /// Starts a run, or finds the one under way, for a user who was going to `return_path`.
    ///
    /// # Errors
    /// When the sidecar takes no job, or the session has ended.
    pub async fn start(&self, return_path: ReturnPath) -> Result<(), Failure> {
        match self.begin(false).await? {
            Start::Job(job) => self.keep(job, return_path).await,
            Start::TooSoon(seconds) => Err(DeviceCodeError::TooSoon(seconds).into()),
        }
    }

    /// Ends the run `before`, and starts another one. If that is too soon, everything is left as it
    /// is.
    ///
    /// # Errors
    /// As [`Kubelogin::start`]. Not if it is too soon while `before` is still under way, and so can
    /// be shown.
    pub async fn start_anew(
        &self,
        before: Option<&Job>,
        return_path: ReturnPath,
    ) -> Result<Anew, Failure> {
        match self.begin(true).await? {
            Start::Job(job) => {
                self.keep(job, return_path).await?;
                Ok(Anew::Started)
            }
            Start::TooSoon(seconds) => match before {
                Some(job) if self.is_under_way(job).await? => Ok(Anew::TooSoon(seconds)),
                _ => Err(DeviceCodeError::TooSoon(seconds).into()),
            },
        }
    }

    async fn begin(&self, anew: bool) -> Result<Start, Failure> {
        let left = self.session.record.end.since(self.call.platform.now());
        self.jobs().start(left, anew).await
    }

    /// Notes the run, if that is not done yet.
    async fn keep(&self, job: Told, return_path: ReturnPath) -> Result<(), Failure> {
        if self.is_noted(&job.id).await? {
            return Ok(());
        }
        let job = Job {
            id: job.id,
            return_path: onward(return_path),
            refused: None,
        };
        let noted = self.change(|tokens| tokens.job = Some(job.clone())).await;
        if noted.is_err() {
            // Nobody would ever ask for this run. If this fails too, it ends by itself.
            let _ = self.jobs().end().await;
        }
        noted?;
        self.log("started", None);
        Ok(())
    }

    /// Ends the run and forgets it.
    ///
    /// # Errors
    /// When the sidecar or the store is away.
    pub async fn cancel(&self) -> Result<(), Failure> {
        self.jobs().end().await?;
        self.change(|tokens| tokens.job = None).await?;
        self.log("cancelled", None);
        Ok(())
    }

    /// Whether `job` is still to be waited for or collected. This changes nothing.
    ///
    /// # Errors
    /// When the sidecar is away.
    pub async fn is_under_way(&self, job: &Job) -> Result<bool, Failure> {
        if job.refused.is_some() {
            return Ok(false);
        }
        let told = self.jobs().get(&job.id).await?;
        Ok(told.is_some_and(|told| !matches!(told.progress, Progress::Failed(_))))
    }

    /// Asks for `job`. The token that it brought is kept if it is the user's. The job then goes.
    ///
    /// # Errors
    /// When there is no token and will be none.
    pub async fn ask(
        &self,
        entra: &Entra<'_, P>,
        server_id: &Guid,
        job: &Job,
    ) -> Result<Answer, Failure> {
        if let Some(refused) = &job.refused {
            return Err(DeviceCodeError::Token(refused.clone()).into());
        }
        let Some(told) = self.jobs().get(&job.id).await? else {
            return Ok(Answer::Lost);
        };
        match told.progress {
            Progress::Queued | Progress::Starting => Ok(Answer::Starting),
            Progress::Pending(prompt) => Ok(Answer::Pending(prompt)),
            Progress::Failed(failure) => Err(DeviceCodeError::Run(failure).into()),
            Progress::Succeeded { token } => {
                self.collect(entra, server_id, &job.id, token).await?;
                Ok(Answer::Collected)
            }
        }
    }

    /// Keeps the token, or why it is not kept. The next request, in any tab, is told the same.
    async fn collect(
        &self,
        entra: &Entra<'_, P>,
        server_id: &Guid,
        id: &str,
        token: Secret,
    ) -> Result<(), Failure> {
        let validated = self.validate(entra, server_id, token).await?;
        self.change(|tokens| match &validated {
            Ok(token) => {
                let audience = server_id.to_string();
                tokens.access_tokens.insert(audience, token.clone());
                tokens.setback = None;
                tokens.generation += 1;
            }
            Err(refused) => {
                // Another tab may have begun anew meanwhile.
                if let Some(job) = tokens.job.as_mut().filter(|job| job.id == id) {
                    job.refused = Some(refused.clone());
                }
            }
        })
        .await?;
        // If this fails, what is left of the run ends by itself.
        let _ = self.jobs().end().await;
        match validated {
            Ok(_) => {
                self.log("ok", None);
                Ok(())
            }
            Err(refused) => {
                match &refused {
                    TokenRefused::AnotherUser => self.log("another_user", None),
                    TokenRefused::Unusable(what) => self.log("unusable", Some(what)),
                }
                Err(DeviceCodeError::Token(refused).into())
            }
        }
    }

    async fn validate(
        &self,
        entra: &Entra<'_, P>,
        server_id: &Guid,
        token: Secret,
    ) -> Result<Result<AccessToken, TokenRefused>, Failure> {
        let user = &self.session.record.user;
        let validated = entra
            .access_token(self.records, &token, server_id, user, self.clock_tolerance)
            .await;
        match validated {
            Ok(valid) => Ok(Ok(AccessToken {
                token,
                source: Source::Kubelogin,
                scopes: valid.scopes,
                issued_at: self.call.platform.now(),
                refresh_at: None,
                expires_at: valid.expires_at,
            })),
            Err(TokenFailure::Away(away)) => Err(away.into()),
            Err(TokenFailure::Invalid(InvalidToken::Mismatch("oid"))) => {
                Ok(Err(TokenRefused::AnotherUser))
            }
            Err(TokenFailure::Invalid(invalid)) => {
                Ok(Err(TokenRefused::Unusable(invalid.to_string())))
            }
        }
    }

    fn jobs(&self) -> Jobs<'_, P> {
        Jobs {
            outbound: Outbound::within(self.call.platform, lease::BUDGET),
            service: self.service,
            owner: self.session.record.grant.name().job_owner(),
        }
    }

    async fn is_noted(&self, id: &str) -> Result<bool, Failure> {
        let tokens = self.session.record.grant.tokens(self.records).await?;
        let job = tokens.and_then(|tokens| tokens.job);
        Ok(job.is_some_and(|job| job.id == id))
    }

    async fn change(&self, change: impl Fn(&mut Tokens)) -> Result<(), Failure> {
        lease::change(
            self.records,
            self.clock_tolerance,
            &self.session.holder(),
            change,
        )
        .await?
        .map(drop)
        .ok_or(NoSession.into())
    }

    fn log(&self, outcome: &str, detail: Option<&str>) {
        Event {
            outcome,
            detail,
            ..self.session.about(self.call.event("device_code"))
        }
        .log(self.call.platform);
    }
}

/// Where the user goes with the token. The page of the code itself would lead in circles.
fn onward(return_path: ReturnPath) -> ReturnPath {
    let path = return_path.as_str();
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    if path == DEVICE_CODE {
        return ReturnPath::whoami();
    }
    return_path
}
