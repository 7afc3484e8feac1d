//! The end of a sign-in: a new session.

use super::{Arrival, go_to, interrupted};
use crate::aks::{self, AksFailure};
use crate::entra::authorize::{aks_scope, openid_scopes};
use crate::entra::{Authorization, EntraFailure, Metadata};
use crate::errors::{Error, Failure};
use crate::platform::Platform;
use crate::respond::{self, Response};
use crate::secret::Secret;
use crate::session::{self, Attempt, InteractionKind, Live, NewSession, SignIn, Tokens, cookies};

impl<P: Platform> Arrival<'_, P> {
    /// Redeems the code, makes the session, and sends the browser on: to where it was going, or to
    /// Entra once more if the AKS token needs that.
    pub(super) async fn sign_in(
        &self,
        code: &str,
        assertion: &Secret,
        metadata: Metadata,
    ) -> Result<Response, Failure> {
        let scope = openid_scopes(&self.settings.oidc_scopes);
        let answer =
            self.redeem(code, &scope, assertion)
                .await
                .map_err(|failure| match failure {
                    EntraFailure::Refused(error) => Error::SignInRefused(error),
                    EntraFailure::Away(away) => interrupted(away),
                })?;
        let id_token = self.id_token(&answer, metadata).await?;
        self.admit(&id_token, &answer).await?;
        let sign_in = SignIn::begin(self.records, id_token.user, id_token.sid.as_deref())
            .await
            .map_err(interrupted)?;
        let mut tokens = Tokens {
            refresh_token: answer.refresh_token,
            ..Tokens::default()
        };
        let server_id = &self.settings.aks.server_id;
        let aks = aks::acquire(&self.entra, server_id, sign_in.user(), None, &mut tokens).await;
        let wanted = self.wanted(&aks, &mut tokens);
        let session = self.session_of(sign_in, &tokens).await?;
        aks::log(self.call, "sign_in", &session, &aks);
        self.call.sweep(self.records).await;
        Ok(self.send_on(&session, wanted))
    }

    /// The attempt by which Entra is asked for what the AKS token needs. Whatever else keeps the
    /// token away, `/whoami` tries again and says.
    fn wanted(
        &self,
        aks: &Result<(), AksFailure>,
        tokens: &mut Tokens,
    ) -> Option<(Attempt, InteractionKind)> {
        let Err(AksFailure::Interaction(kind, _)) = aks else {
            return None;
        };
        let return_path = self.attempt.return_path.clone();
        let (attempt, interaction) = aks::begin_interaction(self.call.platform, kind, return_path);
        tokens.interaction = Some(interaction);
        Some((attempt, kind.clone()))
    }

    /// Makes the session. The one that this browser had goes on in it, if it was the same user's, and
    /// else ends.
    async fn session_of(&self, sign_in: SignIn, tokens: &Tokens) -> Result<Live, Error> {
        let lifetimes = &self.settings.lifetimes;
        let previous = self.previous().await.map_err(interrupted)?;
        let new = NewSession {
            end: self.call.platform.now().plus(lifetimes.absolute),
            tokens,
            state_hash: self.attempt.state_hash(),
            return_path: self.attempt.return_path.clone(),
            clock_tolerance: lifetimes.clock_tolerance,
        };
        let session = sign_in
            .finish(self.records, new, previous.as_ref())
            .await
            .map_err(interrupted)?
            .ok_or(Error::SignedOutMeanwhile)?;
        if let Some(previous) = previous.filter(|p| !p.record.user.is(&session.record.user)) {
            // If the store fails at it: nobody holds that session any more, and it ends by itself.
            let _ = session::end(self.records, &previous).await;
        }
        Ok(session)
    }

    fn send_on(&self, session: &Live, wanted: Option<(Attempt, InteractionKind)>) -> Response {
        let (cookies, keyring) = (&self.settings.cookies, &self.settings.keyring);
        let mut response = match wanted {
            None => go_to(self.attempt.return_path.as_str()),
            Some((attempt, kind)) => {
                let authorization = Authorization {
                    client: &self.settings.client,
                    redirect_uri: &self.settings.site.redirect_uri,
                    attempt: &attempt,
                    scope: &aks_scope(&self.settings.aks.server_id),
                    claims: kind.claims(),
                    login_hint: session.record.user.sign_in_hint(),
                };
                respond::to_entra(self.call, cookies, keyring, &authorization)
            }
        };
        let lifetime = self.settings.lifetimes.absolute;
        let cookie = cookies::set_session(cookies, &session.handle, keyring, lifetime);
        respond::add_cookie(&mut response, &cookie);
        response
    }
}
