//! The way back from what the AKS token of a session needed: consent, or a stronger sign-in.

use super::{Arrival, go_to, interrupted};
use crate::aks;
use crate::entra::authorize::aks_scope;
use crate::entra::{EntraFailure, Metadata};
use crate::entra_error::EntraError;
use crate::errors::{Error, Failure};
use crate::log::Event;
use crate::platform::Platform;
use crate::respond::Response;
use crate::session::{Live, Outcome, Tokens, cookies, lease, resume};
use crate::terms::Secret;

impl<P: Platform> Arrival<'_, P> {
    /// Redeems the code for the AKS token of the session that is there.
    pub(super) async fn interaction(
        &self,
        code: &str,
        assertion: &Secret,
        metadata: Metadata,
    ) -> Result<Response, Failure> {
        let session = self.session().await?.ok_or(Error::NoSession)?;
        let server_id = &self.settings.aks.server_id;
        let answer = match self.redeem(code, &aks_scope(server_id), assertion).await {
            Ok(answer) => answer,
            Err(EntraFailure::Away(away)) => return Err(interrupted(away).into()),
            Err(EntraFailure::Refused(error)) => return self.interaction_refused(error).await,
        };
        let id_token = self.id_token(&answer, metadata).await?;
        if !id_token.user.is(&session.record.user) {
            return Err(Error::AnotherUser.into());
        }
        self.admit(&id_token, &answer).await?;
        let mut new = Tokens::default();
        let now = self.call.platform.now();
        aks::keep(answer, server_id, &id_token.user, now, &mut new)
            .map_err(|what| Error::UnusableAksToken(what.to_owned()))?;
        self.note(&session, Some(&new), Outcome::Granted).await?;
        Ok(go_to(self.attempt.return_path.as_str()))
    }

    /// Keeps the refusal with the session, so that nothing asks again by itself. Where consent was
    /// refused, kubelogin takes over.
    pub(super) async fn interaction_refused(
        &self,
        error: Box<EntraError>,
    ) -> Result<Response, Failure> {
        if let Some(session) = self.session().await? {
            let outcome = Outcome::Refused((*error).clone());
            let tokens = self.note(&session, None, outcome).await?;
            let interaction = tokens.interaction.as_ref();
            if interaction.is_some_and(|refused| self.settings.goes_to_kubelogin(refused)) {
                return self.device_code(&session).await;
            }
        }
        Err(Error::AksTokenRefused(error).into())
    }

    /// Stores what came of it, with what Entra gave.
    async fn note(
        &self,
        session: &Live,
        new: Option<&Tokens>,
        outcome: Outcome,
    ) -> Result<Tokens, Error> {
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
        let tolerance = self.settings.lifetimes.clock_tolerance;
        let tokens = lease::change(self.records, tolerance, &session.holder(), change)
            .await
            .map_err(interrupted)?
            .ok_or(Error::NoSession)?;
        let event = self.call.event("interaction").of(&session.record.user);
        let session = Some(session.handle.fingerprint());
        Event {
            outcome: name,
            session,
            entra: error,
            ..event
        }
        .log(self.call.platform);
        Ok(tokens)
    }

    /// The session that is there.
    async fn session(&self) -> Result<Option<Live>, Error> {
        let handle = cookies::session_handle(self.call.request, &self.settings.cookies);
        let Some(handle) = handle else {
            return Ok(None);
        };
        let idle = self.settings.lifetimes.idle;
        resume(self.records, handle, idle)
            .await
            .map_err(interrupted)
    }
}
