//! The proxy's own service account. With it the proxy names users to a cluster that takes no tokens
//! of Entra.

use std::time::Duration;

use http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;

use super::access::Access;
use super::error::KubernetesError;
use super::impersonation::Named;
use super::token::Token;
use crate::outbound::{Away, Dependency, Outbound};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::{CredentialRecord, Live};
use crate::sidecar;
use crate::terms::Secret;

/// The time for all calls that are needed to name somebody.
const ASKING: Duration = Duration::from_secs(10);
/// Where the API server says who may do what.
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

impl<P: Platform> Access<'_, P> {
    /// The token of the proxy's service account. It names the owner of `credential`. If there are
    /// `others`, it names these, if the cluster lets the owner do so.
    pub(super) async fn proxys_own(
        &self,
        credential: &Live<CredentialRecord>,
        others: Option<HeaderMap>,
    ) -> Result<Token, Failure> {
        let naming = &self.settings.kubernetes.naming;
        let site = || self.settings.public_url.clone();
        let tokens = credential.holder().tokens(self.records).await?;
        let tokens = tokens.ok_or_else(|| KubernetesError::Ended(site()))?;
        let identity = tokens
            .identity
            .ok_or_else(|| KubernetesError::Ended(site()))?;
        let user = Named::of(&credential.record.user, &identity, naming)?;
        let outbound = Outbound::within(self.call.platform, ASKING);
        let path = "/v1/service-account-token";
        let secret = sidecar::token(&outbound, &self.settings.sidecar, path).await?;
        let stands_for = match others {
            None => user.headers()?,
            Some(others) => {
                for review in user.reviews(&others)? {
                    self.review(&outbound, &secret, &review).await?;
                }
                others
            }
        };
        Ok(Token {
            secret,
            issued_at: None,
            stands_for: Some(stands_for),
        })
    }

    /// Whether the cluster allows what `review` asks.
    async fn review(
        &self,
        outbound: &Outbound<'_, P>,
        secret: &Secret,
        review: &Value,
    ) -> Result<(), Failure> {
        let away = |reason: String| Away::new(Dependency::ApiServer, reason);
        let address = self.settings.kubernetes.api_url.join(REVIEWS);
        let request = Request::post(address)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", secret.reveal()))
            .body(review.to_string().into_bytes())
            .map_err(|error| away(error.to_string()))?;
        let answer = outbound.ask_once(Dependency::ApiServer, request).await?;
        if answer.status() != StatusCode::CREATED {
            let reason = format!("answered {} to a SubjectAccessReview", answer.status());
            return Err(away(reason).into());
        }
        let answer: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        match answer.pointer("/status/allowed") {
            Some(Value::Bool(true)) => Ok(()),
            _ => Err(KubernetesError::Impersonation.into()),
        }
    }
}
