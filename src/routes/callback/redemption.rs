//! Turns a code into a validated ID token of a user who is admitted.

use super::arrival::Arrival;
use super::error::SignInError;
use crate::admission::{Door, NotAdmitted};
use crate::entra::{
    EntraFailure, Grant, IdToken, InvalidToken, Metadata, TokenAnswer, TokenFailure,
};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::client_address;
use crate::session::{self, Claims, Failures, Identity};
use crate::settings::KubernetesAuth;
use crate::terms::Secret;

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
        let answer = self.entra.tokens(grant, scope, assertion).await;
        if let Err(EntraFailure::Refused(_)) = answer {
            self.count_failure().await;
        }
        answer
    }

    /// The content of the ID token of `answer`, validated in full.
    pub(super) async fn id_token(
        &self,
        answer: &TokenAnswer,
        metadata: Metadata,
    ) -> Result<IdToken, Failure> {
        let token = answer
            .id_token
            .as_ref()
            .ok_or(SignInError::IdToken(InvalidToken::Missing))?;
        let nonce = self.attempt.nonce();
        let (records, tolerance) = (&self.gate.records, self.clock_tolerance());
        match self
            .entra
            .id_token(records, metadata, token, Some(&nonce), tolerance)
            .await
        {
            Ok(id_token) => Ok(id_token),
            Err(TokenFailure::Away(away)) => Err(SignInError::Interrupted(away).into()),
            Err(TokenFailure::Invalid(invalid)) => {
                self.count_failure().await;
                Err(SignInError::IdToken(invalid).into())
            }
        }
    }

    /// Checks that this client may still try. A flood of made-up codes is not passed on to Entra.
    pub(super) async fn check_failures(&self) -> Result<(), Failure> {
        let Some(failures) = self.failures() else {
            return Ok(());
        };
        let count = failures.count(&self.gate.records).await?;
        let limit = self.settings.failure_limit.per_minute;
        if u64::try_from(count).is_ok_and(|count| count >= limit) {
            return Err(SignInError::TooManyFailures(failures.left(&self.gate.records)).into());
        }
        Ok(())
    }

    /// Counts a sign-in that has failed, where that is limited. True if that has left an expiry entry.
    pub(super) async fn count_failure(&self) -> bool {
        match self.failures() {
            // If the store fails here, one more failure is let through.
            Some(failures) => failures.add(&self.gate.records).await.unwrap_or(false),
            None => false,
        }
    }

    /// The failures of this client, if they are limited. The failures of all clients together are
    /// never limited: one client could then lock the others out.
    fn failures(&self) -> Option<Failures> {
        let limit = &self.settings.failure_limit;
        if limit.per_minute == 0 {
            return None;
        }
        let address = client_address(self.call.request, &limit.trusted_proxies)?;
        Some(Failures::of(&self.gate.records, address))
    }

    /// What a cluster has to be told of the user in `id_token`, if it does not get their token.
    pub(super) async fn identity(
        &self,
        id_token: &IdToken,
        answer: &TokenAnswer,
    ) -> Result<Option<Identity>, Failure> {
        if self.settings.kubernetes_auth == KubernetesAuth::Token {
            return Ok(None);
        }
        let door = self.door();
        let groups = door.groups(id_token, answer.refresh_token.as_ref()).await;
        Ok(Some(Identity {
            upn: id_token.membership.upn.clone(),
            groups: groups.map_err(SignInError::interrupted)?,
        }))
    }

    /// What apps are told of the user, where there are any.
    pub(super) async fn claims(
        &self,
        id_token: &IdToken,
        answer: &TokenAnswer,
    ) -> Result<Option<Claims>, Failure> {
        if self.settings.apps.return_origins.is_empty() {
            return Ok(None);
        }
        let door = self.door();
        let groups = door.groups(id_token, answer.refresh_token.as_ref()).await;
        Ok(Some(Claims {
            user: id_token.user.clone(),
            upn: id_token.membership.upn.clone(),
            groups: groups.map_err(SignInError::interrupted)?,
            roles: id_token.membership.roles.clone(),
            at: self.call.platform.now(),
        }))
    }

    fn door(&self) -> Door<'_, P> {
        Door {
            entra: &self.entra,
            records: &self.gate.records,
            settings: &self.settings.admission,
            clock_tolerance: self.clock_tolerance(),
        }
    }

    /// Whether the operator's rules admit the user whom `id_token` names. If not, an earlier
    /// session of that user in this browser ends too.
    pub(super) async fn admit(
        &self,
        id_token: &IdToken,
        answer: &TokenAnswer,
    ) -> Result<(), Failure> {
        let door = self.door();
        match door.admit(id_token, answer.refresh_token.as_ref()).await {
            Ok(()) => Ok(()),
            Err(NotAdmitted::Refused(refusal)) => {
                let previous = self
                    .gate
                    .previous()
                    .await
                    .map_err(SignInError::interrupted)?;
                if let Some(session) = previous.filter(|p| p.record.user.is(&refusal.user)) {
                    session::end(&self.gate.records, &session.holder())
                        .await
                        .map_err(SignInError::interrupted)?;
                }
                Err((*refusal).into())
            }
            Err(NotAdmitted::Away(away)) => Err(SignInError::Interrupted(away).into()),
            Err(NotAdmitted::IdToken(invalid)) => Err(SignInError::IdToken(invalid).into()),
        }
    }
}
