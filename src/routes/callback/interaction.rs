//! The return from what the AKS token of a session needed: consent, or a stronger sign-in.

use super::arrival::{Arrival, go_to};
use super::error::SignInError;
use crate::aks::{self, NoAksToken};
use crate::entra::authorize::aks_scope;
use crate::entra::{EntraFailure, Metadata};
use crate::entra_error::EntraError;
use crate::log::Event;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::Response;
use crate::session::{Live, NoSession, Outcome, Tokens, lease};
use crate::terms::Secret;

impl<P: Platform> Arrival<'_, P> {
    /// Redeems the code for the AKS token of the existing session.
    pub(super) async fn interaction(
        &self,
        code: &str,
        assertion: &Secret,
        metadata: Metadata,
    ) -> Result<Response, Failure> {
        let session = self.gate.session().await;
        let session = session
            .map_err(SignInError::interrupted)?
            .ok_or(NoSession)?;
        let server_id = &self.settings.aks.server_id;
        let answer = match self.redeem(code, &aks_scope(server_id), assertion).await {
            Ok(answer) => answer,
            Err(EntraFailure::Away(away)) => return Err(SignInError::Interrupted(away).into()),
            Err(EntraFailure::Refused(error)) => {
                return match self.further_try(&error) {
                    Some(failure) => Err(failure),
                    None => self.interaction_refused(error).await,
                };
            }
        };
        let id_token = self.id_token(&answer, metadata).await?;
        if !id_token.user.is(&session.record.user) {
            return Err(SignInError::AnotherUser.into());
        }
        self.admit(&id_token, &answer).await?;
        let mut new = Tokens::default();
        let now = self.call.platform.now();
        aks::keep(answer, server_id, &id_token.user, now, &mut new)
            .map_err(|what| NoAksToken::Unusable(what.to_owned()))?;
        self.note(&session, Some(&new), Outcome::Granted).await?;
        Ok(go_to(self.attempt.return_path.as_str()))
    }

    /// Keeps the refusal with the session, so that nothing asks again by itself. If consent was
    /// refused, kubelogin takes over where it is enabled.
    pub(super) async fn interaction_refused(
        &self,
        error: Box<EntraError>,
    ) -> Result<Response, Failure> {
        let session = self.gate.session().await;
        if let Some(session) = session.map_err(SignInError::interrupted)? {
            let outcome = Outcome::Refused((*error).clone());
            let tokens = self.note(&session, None, outcome).await?;
            let interaction = tokens.interaction.as_ref();
            if interaction.is_some_and(|refused| self.settings.goes_to_kubelogin(refused)) {
                return self.device_code(&session).await;
            }
        }
        Err(NoAksToken::Refused(error).into())
    }

    /// Stores the outcome, with what Entra gave.
    async fn note(
        &self,
        session: &Live,
        new: Option<&Tokens>,
        outcome: Outcome,
    ) -> Result<Tokens, Failure> {
        let (name, error) = match &outcome {
            Outcome::Refused(error) => ("refused", Some(error)),
            Outcome::Open | Outcome::Granted => ("ok", None),
        };
        let now = self.call.platform.now();
        let change = |tokens: &mut Tokens| {
            if let Some(new) = new {
                tokens.renew(new);
            }
            aks::end_interaction(&self.attempt, outcome.clone(), now, tokens);
        };
        let (records, tolerance) = (&self.gate.records, self.clock_tolerance());
        let tokens = lease::change(records, tolerance, &session.holder(), change)
            .await
            .map_err(SignInError::interrupted)?
            .ok_or(NoSession)?;
        Event {
            outcome: name,
            entra: error,
            ..session.about(self.call.event("interaction"))
        }
        .log(self.call.platform);
        Ok(tokens)
    }
}
