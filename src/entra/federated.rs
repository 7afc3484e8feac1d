//! The client assertion: the workload-identity token, read anew for every token request.

use super::Entra;
use crate::outbound::Away;
use crate::platform::Platform;
use crate::sidecar;
use crate::terms::Secret;

impl<P: Platform> Entra<'_, P> {
    /// The workload-identity token, from the sidecar (RFC 7523, section 2.2).
    ///
    /// # Errors
    /// When the sidecar is away, or has no token.
    pub async fn client_assertion(&self) -> Result<Secret, Away> {
        sidecar::token(&self.outbound, self.sidecar, "/v1/federated-token").await
    }
}
