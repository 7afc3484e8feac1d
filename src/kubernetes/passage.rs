//! One request to the API server and its answer: `/k8s/…`.

use std::time::Duration;

use http::{Method, Request, Response as HttpResponse, StatusCode, header};

use super::access::Access;
use super::admit::Asked;
use super::audit::Audit;
use super::bearer::Bearer;
use super::caller::Caller;
use super::error::KubernetesError;
use super::location::lead_through_us;
use super::place::Look;
use super::settings::Settings;
use super::token::Token;
use super::{challenge, headers, upgrade};
use crate::call::Call;
use crate::platform::{Exchange, HttpError, Payload, Platform, Progress, RelayLimits};
use crate::problem::Failure;
use crate::respond::Response;
use crate::session::streams::Place;
use crate::store::Records;

/// How often a long answer is checked: whether its client is still there, and whether it may go on.
const LOOK: Duration = Duration::from_secs(15);
/// How long an answer goes on while the store cannot say whether it may.
const UNSEEN: Duration = Duration::from_secs(45);
/// A body up to this length is read before it is sent, so that it can be sent twice.
const REPLAYED: u64 = 64 * 1024;
/// How long that may take. Its instance waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers a request to the API server; nothing if its answer was carried.
///
/// # Errors
/// Never: a client of Kubernetes gets a `Status`, and each request has its own line in the log.
pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Option<Response>, Failure> {
    let begun = call.platform.monotonic();
    let mut audit = Audit::begin("kubernetes", call.route, &call.id);
    let outcome = carry(call, &mut audit).await;
    let lasted = call.platform.monotonic().saturating_sub(begun);
    audit.milliseconds = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX);
    let response = match outcome {
        Ok(end) => {
            end.name().clone_into(&mut audit.outcome);
            None
        }
        Err(failure) => Some(audit.refused(&*failure.error)),
    };
    audit.log(call.platform);
    Ok(response)
}

/// How an answer ended.
#[derive(Clone, Copy)]
enum End {
    Whole,
    ClientGone,
    CutOff,
    SessionEnded,
    TooManyStreams,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            Self::Whole => "ok",
            Self::ClientGone => "client_gone",
            Self::CutOff => "cut_off",
            Self::SessionEnded => "session_ended",
            Self::TooManyStreams => "too_many_streams",
        }
    }
}

async fn carry<P: Platform>(call: &Call<'_, P>, audit: &mut Audit) -> Result<End, Failure> {
    let (request, headers) = (call.request, &call.request.headers);
    let asked = Asked::read(&request.method, &request.target, headers, audit)?;
    let settings = call.settings(Settings::read)?;
    let records = Records {
        platform: call.platform,
        keyring: &settings.keyring,
    };
    let access = Access {
        call,
        settings: &settings,
        records: &records,
    };
    let caller = access.admit(Bearer::of(headers), audit).await?;
    if upgrade::is_wanted(headers, &asked.info) {
        return Err(KubernetesError::NeedsTunnel.into());
    }
    let mut place = match asked.info.is_long() {
        true => access.place(&caller).await?,
        false => None,
    };
    let passage = Passage {
        access: &access,
        caller: &caller,
        asked: &asked,
    };
    let outcome = passage.go(audit, &mut place).await;
    if let Some(place) = place {
        // A place that is not given back is free in a minute.
        let _ = place.release(&records).await;
    }
    outcome
}

/// A request that may be passed on.
struct Passage<'a, P> {
    access: &'a Access<'a, P>,
    caller: &'a Caller,
    asked: &'a Asked<'a>,
}

impl<P: Platform> Passage<'_, P> {
    async fn go(&self, audit: &mut Audit, place: &mut Option<Place>) -> Result<End, Failure> {
        let call = self.access.call;
        let payload = self.payload().await?;
        if place.is_none() && matches!(payload, Payload::Client { .. }) {
            // Such a request lasts as long as its client likes.
            *place = self.access.place(self.caller).await?;
        }
        let (parts, mut exchange) = self.answer(payload).await?.into_parts();
        audit.status = Some(parts.status.as_u16());
        let has_body = call.request.method != Method::HEAD
            && !matches!(
                parts.status,
                StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
            );
        let mut head = HttpResponse::new(());
        *head.status_mut() = parts.status;
        *head.headers_mut() = headers::to_client(&parts.headers);
        lead_through_us(head.headers_mut(), &self.access.settings.kubernetes.api_url);
        call.platform.begin(&mut exchange, head, has_body);
        let end = self.watch(&mut exchange, place).await;
        let carried = exchange.carried();
        (audit.sent, audit.received) = (carried.sent, carried.received);
        Ok(end)
    }

    /// The client's body. A short one is read. Any other is taken as it comes.
    async fn payload(&self) -> Result<Payload, Failure> {
        let (call, limit) = (self.access.call, self.access.settings.kubernetes.body);
        let length = call.request.headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let expects_none = matches!(call.request.method, Method::GET | Method::HEAD);
        match length {
            Some(0) => Ok(Payload::Whole(Vec::new())),
            None if expects_none => Ok(Payload::Whole(Vec::new())),
            Some(length) if length > limit => Err(KubernetesError::BodyTooLarge(limit).into()),
            Some(length) if length > REPLAYED => Ok(Payload::Client { limit }),
            None if call.request.method != Method::DELETE => Ok(Payload::Client { limit }),
            _ => {
                let longest = usize::try_from(REPLAYED.min(limit)).unwrap_or(usize::MAX);
                let body = call.platform.body(longest, PATIENCE).await;
                Ok(Payload::Whole(body.ok_or(KubernetesError::BodyCutOff)?))
            }
        }
    }

    /// The API server's answer. If it refuses the token, it is asked once more with a new one.
    async fn answer(&self, payload: Payload) -> Result<HttpResponse<P::Exchange>, Failure> {
        let headers = &self.access.call.request.headers;
        let token = self.access.token(self.caller, headers, None).await?;
        let answer = self.send(&token, payload.clone()).await?;
        let Caller::SignedIn(credential) = self.caller else {
            return Ok(answer);
        };
        let refused = answer.status() == StatusCode::UNAUTHORIZED
            && self.access.is_refused(&self.asked.info, &token).await;
        if !refused {
            return Ok(answer);
        }
        let site = self.access.settings.public_url.clone();
        if let Some(claims) = challenge::claims(answer.headers()) {
            self.access.challenged(credential, claims).await?;
            return Err(KubernetesError::StrongerSignIn(site).into());
        }
        drop(answer);
        if self.access.is_fresh(&token) {
            return Err(KubernetesError::TokenRefused(site).into());
        }
        let token = self
            .access
            .token(self.caller, headers, Some(&token))
            .await?;
        if matches!(payload, Payload::Client { .. }) {
            return Err(KubernetesError::Renewed.into());
        }
        let answer = self.send(&token, payload).await?;
        let refused = answer.status() == StatusCode::UNAUTHORIZED
            && self.access.is_refused(&self.asked.info, &token).await;
        if refused {
            return Err(KubernetesError::TokenRefused(site).into());
        }
        Ok(answer)
    }

    async fn send(
        &self,
        token: &Token,
        payload: Payload,
    ) -> Result<HttpResponse<P::Exchange>, Failure> {
        let (call, settings) = (self.access.call, &self.access.settings.kubernetes);
        let address = settings.api_url.join(self.asked.target.as_str());
        let mut request = Request::new(payload);
        *request.method_mut() = call.request.method.clone();
        *request.uri_mut() = address
            .parse()
            .map_err(|_| KubernetesError::AmbiguousPath)?;
        *request.headers_mut() = self.access.head(&call.request.headers, token)?;
        if let Payload::Whole(_) = request.body() {
            // It is set anew with the body.
            request.headers_mut().remove(header::CONTENT_LENGTH);
        }
        let limits = RelayLimits {
            connect: settings.connect,
            silence: settings.silence,
        };
        let answer = call.platform.relay(request, limits).await;
        let answer = answer.map_err(|error| self.without_answer(error))?;
        if answer.status().is_informational() {
            // Nobody asked it for another protocol. Any other such answer is not its last.
            let why = format!("it answered {}", answer.status());
            return Err(KubernetesError::Unreachable(why).into());
        }
        Ok(answer)
    }

    fn without_answer(&self, error: HttpError) -> KubernetesError {
        match error {
            HttpError::TimedOut => KubernetesError::Silent,
            HttpError::TooLarge => {
                KubernetesError::BodyTooLarge(self.access.settings.kubernetes.body)
            }
            HttpError::ClientFailed => KubernetesError::BodyCutOff,
            HttpError::Denied | HttpError::Unreachable(_) | HttpError::Failed(_) => {
                KubernetesError::Unreachable(error.to_string())
            }
        }
    }

    /// Carries the answer to its end, or until it may not go on.
    async fn watch(&self, exchange: &mut P::Exchange, place: &mut Option<Place>) -> End {
        let platform = self.access.call.platform;
        let mut seen = platform.monotonic();
        loop {
            match platform.carry(exchange, LOOK).await {
                Progress::Ended => return End::Whole,
                Progress::ClientGone => return End::ClientGone,
                Progress::CutOff => return End::CutOff,
                Progress::Open => {}
            }
            let Caller::SignedIn(credential) = self.caller else {
                continue;
            };
            match self.access.look(credential.handle.clone(), place).await {
                Ok(Look::GoesOn) => seen = platform.monotonic(),
                Ok(Look::Ended) => return End::SessionEnded,
                Ok(Look::NoPlace) => return End::TooManyStreams,
                Err(_) if platform.monotonic().saturating_sub(seen) < UNSEEN => {}
                Err(_) => return End::CutOff,
            }
        }
    }
}
