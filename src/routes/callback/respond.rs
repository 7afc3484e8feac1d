//! A callback, step by step.

use super::answer::Answer;
use super::arrival::{Arrival, go_to};
use super::error::SignInError;
use super::reloaded::reloaded;
use super::settings::Settings;
use crate::addresses::OAUTH2_CALLBACK;
use crate::call::Call;
use crate::entra::{Entra, Metadata};
use crate::entra_error::{EntraError, Verdict};
use crate::gate::Gate;
use crate::outbound::{Away, Dependency};
use crate::pages::{self, View};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::{self, Response};
use crate::session::attempt::{self, Purpose};
use crate::session::cookies::clear_attempt;
use crate::session::{self, Attempt, claim_attempt};
use crate::settings::SameSite;
use crate::terms::Secret;

/// `/oauth2/callback`, which is there only where `REDIRECT_URI` names it.
pub(crate) async fn at_oauth2<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    if settings.site.redirect_uri.path() != OAUTH2_CALLBACK {
        return Err(BadRequest::NotFound.into());
    }
    respond_with(call, &settings).await
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    respond_with(call, &settings).await
}

async fn respond_with<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
) -> Result<Response, Failure> {
    let query = call.request.query();
    if settings.sessions.cookies.same_site == SameSite::Strict && query.one("again")? != Some("1") {
        return again(call);
    }
    let gate = &Gate::new(call, &settings.sessions);
    let state = query.one("state")?.unwrap_or_default();
    let found = find_attempt(call, settings, state);
    let attempt = match found {
        Some(attempt) if !attempt.is_over(call.platform.now()) => attempt,
        gone => {
            let led_to = gone.map(|attempt| attempt.return_path);
            let reloaded = reloaded(settings, gate, state, led_to.as_ref()).await?;
            return Ok(reloaded.ok_or(SignInError::NoAttempt(led_to))?);
        }
    };
    let answer = Answer::read(&query)?;
    let entra = Entra::new(call.platform, &settings.client, &settings.sidecar);
    let arrival = Arrival {
        call,
        settings,
        gate,
        entra,
        attempt,
    };
    let mut result = match answer {
        Answer::Refusal(error) => arrival.refused(error).await,
        Answer::Code { code, issuer } => {
            arrival.check_time()?;
            let prepared = arrival.prepare(code, issuer).await?;
            if claim_attempt(&gate.records, &arrival.attempt).await? {
                let result = arrival.conclude(prepared).await;
                // The claim has left an entry, whatever came of it.
                match &result {
                    Ok(_) => session::sweep_beside(call, &gate.records).await,
                    Err(_) => session::sweep_a_little_beside(call, &gate.records).await,
                }
                result
            } else {
                let led_to = &arrival.attempt.return_path;
                match reloaded(settings, gate, state, Some(led_to)).await? {
                    Some(response) => Ok(response),
                    None => Err(SignInError::AttemptUsed(led_to.clone()).into()),
                }
            }
        }
    };
    let cookies = &settings.sessions.cookies;
    let name = arrival.attempt.cookie_name(cookies);
    let clear = clear_attempt(cookies, &name);
    match &mut result {
        Ok(response) => respond::add_cookie(response, &clear),
        // The attempt goes on, in a cookie of the same name.
        Err(failure) if failure.sets(&name) => {}
        Err(failure) => failure.cookies.push(clear),
    }
    result
}

/// With `SameSite=Strict` browsers do not send the session cookie with Entra's redirect, which
/// another site began. A page of ours asks again, before anything is read.
fn again<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let address = format!("{}&again=1", call.request.target);
    if call.request.wants_html() {
        return Ok(pages::go_on(&View::of(call)?, &address));
    }
    Ok(go_to(&address))
}

/// The attempt of this browser with this state, whether or not it is over. The state is compared in
/// constant time.
fn find_attempt<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    state: &str,
) -> Option<Attempt> {
    let name = attempt::cookie_name(&settings.sessions.cookies, state);
    let sealed = call.request.cookie(&name)?;
    Attempt::open(&settings.sessions.keyring, &name, &sealed)
        .filter(|attempt| attempt.has_state(state))
}

/// A code, and all that is needed to redeem it.
struct Prepared<'a> {
    code: &'a str,
    assertion: Secret,
    metadata: Metadata,
}

impl<P: Platform> Arrival<'_, P> {
    /// Tells what Entra refused. The attempt is not claimed: there is no code to guard, and whoever
    /// sends this twice is told the same twice. Nobody else can send it, since it takes the
    /// attempt's cookie and state. So a request without a session leaves nothing behind but the
    /// count of its address.
    async fn refused(&self, error: Box<EntraError>) -> Result<Response, Failure> {
        if error.verdict() == Verdict::Transient {
            let away = Away::new(Dependency::Entra, error.to_string());
            return Err(SignInError::Interrupted(away).into());
        }
        match self.attempt.purpose {
            Purpose::SignIn => {
                // The number refuses nothing here. A user who cancels gets a page, which costs less
                // than this count.
                if self.count_failure().await {
                    session::sweep_a_little_beside(self.call, &self.gate.records).await;
                }
                Err(SignInError::Refused(error).into())
            }
            // Declining this is no failed sign-in: a session is there, and goes on.
            Purpose::Consent | Purpose::StepUp => self.interaction_refused(error).await,
        }
    }

    /// Gets what may be away while the attempt can still be kept.
    async fn prepare<'q>(
        &self,
        code: &'q str,
        issuer: Option<&str>,
    ) -> Result<Prepared<'q>, Failure> {
        self.check_failures().await?;
        let assertion = self.entra.client_assertion().await?;
        let metadata = self.entra.metadata(&self.gate.records).await?;
        if issuer.is_some_and(|issuer| issuer != metadata.issuer) {
            let wrong = BadRequest::Parameter("iss", "is not the issuer of this tenant");
            return Err(wrong.into());
        }
        Ok(Prepared {
            code,
            assertion,
            metadata,
        })
    }

    /// Redeems the code. The attempt is already claimed.
    async fn conclude(&self, prepared: Prepared<'_>) -> Result<Response, Failure> {
        let Prepared {
            code,
            assertion,
            metadata,
        } = prepared;
        match self.attempt.purpose {
            Purpose::SignIn => self.sign_in(code, &assertion, metadata).await,
            Purpose::Consent | Purpose::StepUp => {
                self.interaction(code, &assertion, metadata).await
            }
        }
    }
}
