//! From a code to a validated ID token of somebody who is admitted.

use super::{Arrival, interrupted};
use crate::admission::{Door, NotAdmitted};
use crate::entra::{
    EntraFailure, Grant, IdToken, IdTokenFailure, InvalidIdToken, Metadata, TokenAnswer,
};
use crate::errors::Error;
use crate::platform::Platform;
use crate::secret::Secret;
use crate::session;

impl<P: Platform> Arrival<'_, P> {
    pub(super) async fn redeem(
        &self,
        code: &str,
        scope: &str,
        assertion: &Secret,
    ) -> Result<TokenAnswer, EntraFailure> {
        let grant = Grant::AuthorizationCode {
            code,
            redirect_uri: self.settings.site.redirect_uri.as_str(),
            verifier: &self.attempt.verifier(),
        };
        self.entra.tokens(grant, scope, assertion).await
    }

    /// What the ID token of `answer` says, validated in full.
    pub(super) async fn id_token(
        &self,
        answer: &TokenAnswer,
        metadata: Metadata,
    ) -> Result<IdToken, Error> {
        let token = answer
            .id_token
            .as_ref()
            .ok_or(Error::IdToken(InvalidIdToken::Missing))?;
        let nonce = self.attempt.nonce();
        let tolerance = self.settings.lifetimes.clock_tolerance;
        self.entra
            .id_token(self.records, metadata, token, Some(&nonce), tolerance)
            .await
            .map_err(|failure| match failure {
                IdTokenFailure::Invalid(invalid) => Error::IdToken(invalid),
                IdTokenFailure::Away(away) => interrupted(away),
            })
    }

    /// Whether the operator's rules admit whom `id_token` names. Who is not admitted keeps no session
    /// from before either.
    pub(super) async fn admit(
        &self,
        id_token: &IdToken,
        answer: &TokenAnswer,
    ) -> Result<(), Error> {
        let door = Door {
            entra: &self.entra,
            records: self.records,
            settings: &self.settings.admission,
            clock_tolerance: self.settings.lifetimes.clock_tolerance,
        };
        match door.admit(id_token, answer.refresh_token.as_ref()).await {
            Ok(()) => Ok(()),
            Err(NotAdmitted::Refused(refusal)) => {
                let previous = self.previous().await.map_err(interrupted)?;
                if let Some(session) = previous.filter(|p| p.record.user.is(&refusal.user)) {
                    session::end(self.records, &session)
                        .await
                        .map_err(interrupted)?;
                }
                Err(Error::NotAdmitted(refusal))
            }
            Err(NotAdmitted::Away(away)) => Err(interrupted(away)),
            Err(NotAdmitted::IdToken(invalid)) => Err(Error::IdToken(invalid)),
        }
    }
}
