//! The end of a sign-in: a new session.

use super::arrival::{Arrival, go_to};
use super::error::SignInError;
use crate::addresses::{self, APP_LOGIN};
use crate::aks::{self, AksFailure, Way};
use crate::entra::authorize::openid_scopes;
use crate::entra::{EntraFailure, Metadata};
use crate::gate::SessionSettings;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::routes::to_entra::ToEntra;
use crate::session::{
    self, Attempt, Claims, InteractionKind, Live, NewSession, SignIn, Tokens, cookies,
};
use crate::terms::Secret;

impl<P: Platform> Arrival<'_, P> {
    /// Redeems the code, makes the session, and sends the browser on. It goes to where the user was
    /// going, or to Entra once more if the AKS token needs that.
    pub(super) async fn sign_in(
        &self,
        code: &str,
        assertion: &Secret,
        metadata: Metadata,
    ) -> Result<Response, Failure> {
        let scope = openid_scopes(&self.settings.oidc_scopes);
        let answer = self.redeem(code, &scope, assertion).await;
        let answer = answer.map_err(|failure| match failure {
            EntraFailure::Refused(error) => self
                .further_try(&error)
                .unwrap_or_else(|| SignInError::Refused(error).into()),
            EntraFailure::Away(away) => SignInError::Interrupted(away).into(),
        })?;
        let id_token = self.id_token(&answer, metadata).await?;
        self.admit(&id_token, &answer).await?;
        let identity = self.identity(&id_token, &answer).await?;
        let claims = self.claims(&id_token, &answer).await?;
        let sign_in = SignIn::begin(&self.gate.records, id_token.user, id_token.sid.as_deref())
            .await
            .map_err(SignInError::interrupted)?;
        let mut tokens = Tokens {
            refresh_token: answer.refresh_token,
            identity,
            ..Tokens::default()
        };
        let server_id = &self.settings.aks.server_id;
        let aks = aks::acquire(&self.entra, server_id, sign_in.user(), None, &mut tokens).await;
        let next = self.next(&aks, &mut tokens);
        let session = self.session_of(sign_in, &tokens, claims.as_ref()).await?;
        aks::log(self.call, "sign_in", &session.holder(), aks.as_ref().err());
        let mut result = match next {
            Next::Home => Ok(go_to(self.attempt.return_path.as_str())),
            Next::Choice => Ok(go_to(&addresses::login(&self.attempt.return_path, false))),
            Next::Entra(attempt, kind) => {
                let (settings, record) = (self.settings, &session.record);
                let to_entra = ToEntra {
                    call: self.call,
                    sessions: &settings.sessions,
                    client: &settings.client,
                    site: &settings.site,
                };
                let server_id = &settings.aks.server_id;
                Ok(to_entra.for_aks(server_id, &attempt, &kind, &record.user))
            }
            Next::DeviceCode => self.device_code(&session).await,
        };
        let SessionSettings {
            keyring,
            cookies,
            lifetimes,
        } = &self.settings.sessions;
        let cookie = cookies::set_session(cookies, &session.handle, keyring, lifetimes.absolute);
        match &mut result {
            Ok(response) => respond::add_cookie(response, &cookie),
            // The session exists nevertheless.
            Err(failure) => failure.cookies.push(cookie),
        }
        result
    }

    /// What comes next. It is noted in `tokens`. If anything but a demand of Entra keeps the AKS
    /// token away, `/whoami` tries again and tells the user.
    fn next(&self, aks: &Result<(), AksFailure>, tokens: &mut Tokens) -> Next {
        let Err(AksFailure::Interaction(kind, error)) = aks else {
            return Next::Home;
        };
        // Nobody needs an AKS token on the way to an app. `/whoami` asks for it when it is opened.
        if self.attempt.return_path.path() == APP_LOGIN {
            return Next::Home;
        }
        match aks::way(self.settings.consent, tokens, kind, error) {
            Way::Choose { .. } => Next::Choice,
            Way::DeviceCode => Next::DeviceCode,
            // A session that does not exist yet can have nothing open or refused.
            Way::Entra | Way::Open | Way::Refused(_) => {
                let back = self.attempt.return_path.clone();
                let (attempt, interaction) = aks::begin_interaction(self.call.platform, kind, back);
                tokens.interaction = Some(interaction);
                Next::Entra(attempt, kind.clone())
            }
        }
    }

    /// Makes the session. The session that this browser had continues in it, if it was the same
    /// user's. Otherwise that one ends.
    async fn session_of(
        &self,
        sign_in: SignIn,
        tokens: &Tokens,
        claims: Option<&Claims>,
    ) -> Result<Live, SignInError> {
        let lifetimes = &self.settings.sessions.lifetimes;
        let previous = self
            .gate
            .previous()
            .await
            .map_err(SignInError::interrupted)?;
        let new = NewSession {
            end: self.call.platform.now().plus(lifetimes.absolute),
            browser: self.call.request.browser(),
            tokens,
            claims,
            state_hash: self.attempt.state_hash(),
            return_path: self.attempt.return_path.clone(),
            clock_tolerance: lifetimes.clock_tolerance,
        };
        let session = sign_in
            .finish(&self.gate.records, new, previous.as_ref())
            .await
            .map_err(SignInError::interrupted)?
            .ok_or(SignInError::SignedOutMeanwhile)?;
        if let Some(previous) = previous.filter(|p| !p.record.user.is(&session.record.user)) {
            // If the store fails here, nobody holds that session any more, and it ends by itself.
            let _ = session::end(&self.gate.records, &previous.holder()).await;
        }
        Ok(session)
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
