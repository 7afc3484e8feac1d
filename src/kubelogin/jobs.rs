//! The runs of kubelogin in the sidecar. Each is a job, under a name that its owner gives.

use http::{Method, Request, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::failure::{DeviceCodeError, RunFailure};
use crate::outbound::{self, Away, Dependency, Outbound};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::settings::JobService;
use crate::terms::Secret;

/// After how many seconds a sidecar with too many jobs may be asked again, unless it says so.
const BUSY: u64 = 60;

/// How the sidecar's refusal of an owner who comes too soon is called.
const TOO_SOON: &str = "urn:aks-oauth-proxy:problem:too-soon";

/// The job of one owner.
pub(super) struct Jobs<'a, P> {
    pub(super) outbound: Outbound<'a, P>,
    pub(super) service: &'a JobService,
    /// 43 characters of base64url.
    pub(super) owner: String,
}

/// A job, as the sidecar tells of it.
#[derive(Deserialize)]
pub(super) struct Told {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) progress: Progress,
}

/// The state of a job.
#[derive(Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Progress {
    /// It has to wait, since others run.
    Queued,
    /// kubelogin has said nothing yet.
    Starting,
    /// The user is asked to enter the code.
    Pending(Prompt),
    /// There is a token, which nobody has checked.
    Succeeded { token: Secret },
    /// There will be no token.
    Failed(RunFailure),
}

/// What came of the wish for a job.
pub(super) enum Start {
    /// It is there.
    Job(Told),
    /// The owner has started one just now, and may start the next after so many seconds. What was
    /// there is as it was.
    TooSoon(u64),
}

/// What the sidecar says when it refuses.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(rename = "type")]
    kind: String,
}

/// What kubelogin asks the user to do.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Prompt {
    /// The instructions, in Entra's words.
    pub message: String,
    /// The code, if it was found in them.
    pub user_code: Option<String>,
    /// Where to enter it, if that was found in them.
    pub verification_uri: Option<String>,
    /// How many seconds the code is good, at most.
    pub expires_in: u64,
}

impl<P: Platform> Jobs<'_, P> {
    /// Starts a job that ends in `expires_in` seconds at the latest, or finds the existing one. That
    /// one is ended first, if another is wanted (`anew`). The sidecar decides on all of it at once,
    /// since requests may come from several replicas.
    pub(super) async fn start(&self, expires_in: u64, anew: bool) -> Result<Start, Failure> {
        let body = json!({ "expires_in": expires_in, "anew": anew }).to_string();
        let response = self.call(Method::POST, &self.path(), body).await?;
        match response.status() {
            StatusCode::ACCEPTED => told(&response).map(Start::Job),
            StatusCode::NOT_FOUND => Err(DeviceCodeError::NotThere.into()),
            StatusCode::TOO_MANY_REQUESTS => {
                let seconds = outbound::retry_after(&response).unwrap_or(BUSY);
                let refusal: Refusal = serde_json::from_slice(response.body()).unwrap_or_default();
                if refusal.kind == TOO_SOON {
                    return Ok(Start::TooSoon(seconds));
                }
                Err(DeviceCodeError::Busy(seconds).into())
            }
            _ => Err(unexpected(&response)),
        }
    }

    /// The job `id`, if it is still there.
    pub(super) async fn get(&self, id: &str) -> Result<Option<Told>, Failure> {
        let path = format!("{}/{id}", self.path());
        let response = self.call(Method::GET, &path, String::new()).await?;
        match response.status() {
            StatusCode::OK => told(&response).map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(unexpected(&response)),
        }
    }

    /// Ends the job, if there is one.
    pub(super) async fn end(&self) -> Result<(), Failure> {
        let response = self
            .call(Method::DELETE, &self.path(), String::new())
            .await?;
        match response.status() {
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
            _ => Err(unexpected(&response)),
        }
    }

    fn path(&self) -> String {
        format!("/v1/jobs/{}", self.owner)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<Response<Vec<u8>>, Failure> {
        let bearer = format!("Bearer {}", self.service.token.reveal());
        let request = Request::builder()
            .method(method)
            .uri(self.service.url.join(path))
            .header(header::AUTHORIZATION, bearer)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into_bytes())
            .map_err(|error| away(error.to_string()))?;
        let asked = self.outbound.ask_once(Dependency::Kubelogin, request);
        Ok(asked.await?)
    }
}

fn told(response: &Response<Vec<u8>>) -> Result<Told, Failure> {
    serde_json::from_slice(response.body())
        .map_err(|_| away("answered something else than a job").into())
}

fn unexpected(response: &Response<Vec<u8>>) -> Failure {
    away(format!("answered {}", response.status())).into()
}

fn away(reason: impl Into<String>) -> Away {
    Away::new(Dependency::Kubelogin, reason)
}
