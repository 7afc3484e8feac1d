//! The end of a sign-in: a new session.

use super::{Arrival, go_to, interrupted};
use crate::aks::{self, AksFailure};
use crate::entra::authorize::{aks_scope, openid_scopes};
use crate::entra::{Authorization, EntraFailure, Metadata};
use crate::errors::{Error, Failure};
use crate::platform::Platform;
use crate::respond::{self, Response};
use crate::secret::Secret;
use crate::session::{self, Attempt, InteractionKind, Live, Tokens, cookies};

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
        let user = self.user(&answer, metadata).await?;
        let mut tokens = Tokens {
            refresh_token: answer.refresh_token,
            ..Tokens::default()
        };
        let server_id = &self.settings.aks.server_id;
        let aks = aks::acquire(&self.entra, server_id, &user, &mut tokens).await;
        let wanted = self.wanted(&aks, &mut tokens);
        let end = self
            .call
            .platform
            .now()
            .plus(self.settings.lifetimes.absolute);
        let session = session::create(
            self.records,
            user,
            end,
            &tokens,
            self.attempt.state_hash(),
            self.attempt.return_path.clone(),
        )
        .await
        .map_err(interrupted)?;
        self.end_previous().await;
        aks::log(self.call, "sign_in", &session, &aks);
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
        let attempt = aks::begin_interaction(self.call.platform, kind.clone(), return_path, tokens);
        Some((attempt, kind.clone()))
    }

    /// Ends the session that this browser had. If the store fails at it, that session, which nobody
    /// holds any more, ends by itself.
    async fn end_previous(&self) {
        let handle = cookies::session_handle(self.call.request, &self.settings.cookies);
        let Some(handle) = handle else { return };
        if let Ok(Some(previous)) = session::find(self.records, handle).await {
            let _ = session::end(self.records, &previous).await;
        }
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
