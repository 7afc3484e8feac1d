//! One request to the API server and its answer: `/k8s/…`.

use http::{Method, Request, Response as HttpResponse, StatusCode, header};

use super::access::Access;
use super::admit::Asked;
use super::audit::Audit;
use super::bearer::Bearer;
use super::caller::Caller;
use super::error::KubernetesError;
use super::lasting::{End, Lasting};
use super::refused::Refusal;
use super::settings::Settings;
use super::token::Token;
use super::upgrade;
use crate::call::Call;
use crate::platform::{Exchange, Payload, Platform, Relay, RelayLimits};
use crate::problem::Failure;
use crate::respond::Response;
use crate::store::Records;

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
    let mut lasting = Lasting::new(&access, &caller, &asked.info);
    if asked.info.is_long() {
        lasting.take_place().await?;
    }
    let passage = Passage {
        access: &access,
        caller: &caller,
        asked: &asked,
    };
    let outcome = passage.go(audit, &mut lasting).await;
    lasting.give_back().await;
    outcome
}

/// A request that may be passed on.
struct Passage<'a, P> {
    access: &'a Access<'a, P>,
    caller: &'a Caller,
    asked: &'a Asked<'a>,
}

/// The head of an answer, and the exchange that carries its body.
type Answered<P> = (HttpResponse<()>, <P as Relay>::Exchange);

impl<P: Platform> Passage<'_, P> {
    async fn go(&self, audit: &mut Audit, lasting: &mut Lasting<'_, P>) -> Result<End, Failure> {
        let call = self.access.call;
        let payload = lasting.payload().await?;
        let (mut head, mut exchange) = self.answer(payload, lasting).await?;
        audit.status = Some(head.status().as_u16());
        let has_body = call.request.method != Method::HEAD
            && !matches!(
                head.status(),
                StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
            );
        *head.headers_mut() = verdict::to_client(head.headers());
        let settings = self.access.settings;
        let prefix = settings.prefix(&call.request.authority);
        let api_url = settings.kubernetes.api_url.as_str();
        verdict::lead_through(head.headers_mut(), api_url, prefix);
        lasting.begins(&head);
        call.platform.begin(&mut exchange, head, has_body);
        let end = lasting.carry(&mut exchange).await;
        let carried = exchange.carried();
        (audit.sent, audit.received) = (carried.sent, carried.received);
        Ok(end)
    }

    /// The API server's answer. If it refuses the token, it is asked once more with a new one.
    async fn answer(
        &self,
        payload: Payload,
        lasting: &mut Lasting<'_, P>,
    ) -> Result<Answered<P>, Failure> {
        let (access, info) = (self.access, &self.asked.info);
        let headers = &access.call.request.headers;
        let token = access.token(self.caller, headers, None).await?;
        let answer = self.send(&token, payload.clone(), lasting).await?;
        let refusal = Refusal {
            caller: self.caller,
            info,
            headers,
            token: &token,
        };
        let Some(token) = access.instead_of(&refusal, &answer.0).await? else {
            return Ok(answer);
        };
        drop(answer);
        if matches!(payload, Payload::Client { .. }) {
            return Err(KubernetesError::Renewed.into());
        }
        let answer = self.send(&token, payload, lasting).await?;
        match access.is_refused(info, &token, &answer.0).await {
            true => Err(access.refuses().into()),
            false => Ok(answer),
        }
    }

    async fn send(
        &self,
        token: &Token,
        payload: Payload,
        lasting: &mut Lasting<'_, P>,
    ) -> Result<Answered<P>, Failure> {
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
        let exchange = call.platform.relay(request, limits).await;
        let mut exchange = exchange.map_err(|error| lasting.without_answer(error))?;
        let head = lasting.head(&mut exchange).await?;
        if head.status().is_informational() {
            // Nobody asked it for another protocol. Any other such answer is not its last.
            let why = format!("it answered {}", head.status());
            return Err(KubernetesError::Unreachable(why).into());
        }
        Ok((head, exchange))
    }
}
