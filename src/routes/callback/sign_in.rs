//! The end of a sign-in: a new session.

use super::{Arrival, go_to, interrupted};
use crate::aks::{self, AksFailure, Way};
use crate::entra::authorize::{aks_scope, openid_scopes};
use crate::entra::{Authorization, EntraFailure, Metadata};
use crate::errors::{Error, Failure};
use crate::platform::Platform;
use crate::respond::{self, Response, login_address};
use crate::session::{self, Attempt, InteractionKind, Live, NewSession, SignIn, Tokens, cookies};
use crate::terms::Secret;

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
        let identity = self.identity(&id_token, &answer).await?;
        let sign_in = SignIn::begin(self.records, id_token.user, id_token.sid.as_deref())
            .await
            .map_err(interrupted)?;
        let mut tokens = Tokens {
            refresh_token: answer.refresh_token,
            identity,
            ..Tokens::default()
        };
        let server_id = &self.settings.aks.server_id;
        let aks = aks::acquire(&self.entra, server_id, sign_in.user(), None, &mut tokens).await;
        let next = self.next(&aks, &mut tokens);
        let session = self.session_of(sign_in, &tokens).await?;
        aks::log(self.call, "sign_in", &session.holder(), &aks);
        self.call.sweep(self.records).await;
        let mut result = match next {
            Next::Home => Ok(go_to(self.attempt.return_path.as_str())),
            Next::Choice => Ok(go_to(&login_address(&self.attempt.return_path, false))),
            Next::Entra(attempt, kind) => Ok(self.to_entra(&session, &attempt, &kind)),
            Next::DeviceCode => self.device_code(&session).await,
        };
        let (cookies, keyring) = (&self.settings.cookies, &self.settings.keyring);
        let lifetime = self.settings.lifetimes.absolute;
        let cookie = cookies::set_session(cookies, &session.handle, keyring, lifetime);
        match &mut result {
            Ok(response) => respond::add_cookie(response, &cookie),
            // The session is there all the same.
            Err(failure) => failure.cookies.push(cookie),
        }
        result
    }

    /// What comes next, which is noted in `tokens`. Whatever keeps the AKS token away but a wish of
    /// Entra's, `/whoami` tries again and says.
    fn next(&self, aks: &Result<(), AksFailure>, tokens: &mut Tokens) -> Next {
        let Err(AksFailure::Interaction(kind, error)) = aks else {
            return Next::Home;
        };
        match aks::way(self.settings.consent, tokens, kind, error) {
            Way::Choose { .. } => Next::Choice,
            Way::DeviceCode => Next::DeviceCode,
            // Of a session that is not there yet nothing can be open or refused.
            Way::Entra | Way::Open | Way::Refused(_) => {
                let back = self.attempt.return_path.clone();
                let (attempt, interaction) = aks::begin_interaction(self.call.platform, kind, back);
                tokens.interaction = Some(interaction);
                Next::Entra(attempt, kind.clone())
            }
        }
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
            let _ = session::end(self.records, &previous.holder()).await;
        }
        Ok(session)
    }

    fn to_entra(&self, session: &Live, attempt: &Attempt, kind: &InteractionKind) -> Response {
        let authorization = Authorization {
            client: &self.settings.client,
            redirect_uri: &self.settings.site.redirect_uri,
            attempt,
            scope: &aks_scope(&self.settings.aks.server_id),
            claims: kind.claims(),
            login_hint: session.record.user.sign_in_hint(),
        };
        let (cookies, keyring) = (&self.settings.cookies, &self.settings.keyring);
        respond::to_entra(self.call, cookies, keyring, &authorization)
    }
}

/// Where the browser goes after a sign-in.
enum Next {
    /// To where the user was going.
    Home,
    /// To Entra once more, for the AKS token.
    Entra(Attempt, InteractionKind),
    /// To where the user chooses between that and a device code.
    Choice,
    /// To the device code.
    DeviceCode,
}
