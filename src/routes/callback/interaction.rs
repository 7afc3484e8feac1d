//! The way back from what the AKS token of a session needed: consent, or a stronger sign-in.

use super::{Arrival, go_to, interrupted};
use crate::aks;
use crate::entra::authorize::aks_scope;
use crate::entra::{EntraError, EntraFailure, Metadata};
use crate::errors::{Error, Failure};
use crate::log::Event;
use crate::platform::Platform;
use crate::respond::Response;
use crate::secret::Secret;
use crate::session::{Live, Outcome, Tokens, cookies, resume};

impl<P: Platform> Arrival<'_, P> {
    /// Redeems the code for the AKS token of the session that is there.
    pub(super) async fn interaction(
        &self,
        code: &str,
        assertion: &Secret,
        metadata: Metadata,
    ) -> Result<Response, Failure> {
        let (session, mut tokens) = self.session().await?.ok_or(Error::NoSession)?;
        let server_id = &self.settings.aks.server_id;
        let answer = match self.redeem(code, &aks_scope(server_id), assertion).await {
            Ok(answer) => answer,
            Err(EntraFailure::Away(away)) => return Err(interrupted(away).into()),
            Err(EntraFailure::Refused(error)) => return self.interaction_refused(error).await,
        };
        let user = self.user(&answer, metadata).await?;
        if !user.is(&session.record.user) {
            return Err(Error::AnotherUser.into());
        }
        aks::keep(
            answer,
            server_id,
            &user,
            self.call.platform.now(),
            &mut tokens,
        )
        .map_err(Error::UnusableAksToken)?;
        self.note(&session, tokens, Outcome::Granted).await?;
        Ok(go_to(self.attempt.return_path.as_str()))
    }

    /// Keeps the refusal with the session, so that nothing asks again by itself.
    pub(super) async fn interaction_refused(
        &self,
        error: Box<EntraError>,
    ) -> Result<Response, Failure> {
        if let Some((session, tokens)) = self.session().await? {
            self.note(&session, tokens, Outcome::Refused((*error).clone()))
                .await?;
        }
        Err(Error::AksTokenRefused(error).into())
    }

    async fn note(
        &self,
        session: &Live,
        mut tokens: Tokens,
        outcome: Outcome,
    ) -> Result<(), Error> {
        let (name, error) = match &outcome {
            Outcome::Refused(error) => ("refused", Some(error.clone())),
            Outcome::Open | Outcome::Granted => ("ok", None),
        };
        aks::end_interaction(self.call.platform, &self.attempt, outcome, &mut tokens);
        let grant = &session.record.grant;
        grant
            .write_tokens(self.records, &tokens)
            .await
            .map_err(interrupted)?;
        let event = self.call.event("interaction").of(&session.record.user);
        let session = Some(session.handle.fingerprint());
        Event {
            outcome: name,
            session,
            entra: error.as_ref(),
            ..event
        }
        .log(self.call.platform);
        Ok(())
    }

    /// The session that is there, with its tokens.
    async fn session(&self) -> Result<Option<(Live, Tokens)>, Error> {
        let handle = cookies::session_handle(self.call.request, &self.settings.cookies);
        let Some(handle) = handle else {
            return Ok(None);
        };
        let idle = self.settings.lifetimes.idle;
        let Some(session) = resume(self.records, handle, idle)
            .await
            .map_err(interrupted)?
        else {
            return Ok(None);
        };
        let tokens = session
            .record
            .grant
            .tokens(self.records)
            .await
            .map_err(interrupted)?;
        Ok(tokens.map(|tokens| (session, tokens)))
    }
}
