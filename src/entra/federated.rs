//! The client assertion: the workload-identity token, read anew for every token request.

use http::{Request, StatusCode, header};
use serde::Deserialize;

use super::Entra;
use crate::outbound::{Away, Dependency, Repeat};
use crate::platform::Platform;
use crate::secret::Secret;

/// The sidecar's answer.
#[derive(Deserialize)]
struct FederatedToken {
    token: Secret,
}

impl<P: Platform> Entra<'_, P> {
    /// The workload-identity token, from the sidecar (RFC 7523, section 2.2).
    ///
    /// # Errors
    /// When the sidecar is away, or has none.
    pub async fn client_assertion(&self) -> Result<Secret, Away> {
        let away = |reason: String| Away {
            what: Dependency::Sidecar,
            reason,
            retry_after: None,
        };
        let request = async || {
            Request::get(self.sidecar.url.join("/v1/federated-token"))
                .header(header::ACCEPT, "application/json")
                .header(
                    header::AUTHORIZATION,
                    format!("Bearer {}", self.sidecar.token.reveal()),
                )
                .body(Vec::new())
                .map_err(|error| away(error.to_string()))
        };
        let response = self
            .outbound
            .ask(Dependency::Sidecar, Repeat::Always, request)
            .await?;
        if response.status() != StatusCode::OK {
            return Err(away(format!("answered {}", response.status())));
        }
        let answer: FederatedToken = serde_json::from_slice(response.body())
            .map_err(|_| away("answered something else than a token".to_owned()))?;
        if answer.token.reveal().split('.').count() != 3 {
            return Err(away("answered with a token that is no JWT".to_owned()));
        }
        Ok(answer.token)
    }
}
