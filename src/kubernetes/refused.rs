//! What follows when the API server refuses the token: another token, or a sentence for the user.

use http::{HeaderMap, Response};
use verdict::RequestInfo;

use super::access::Access;
use super::caller::Caller;
use super::challenge;
use super::error::KubernetesError;
use super::token::Token;
use crate::platform::Platform;
use crate::problem::Failure;

/// What was refused.
pub(super) struct Refusal<'a> {
    pub(super) caller: &'a Caller,
    pub(super) info: &'a RequestInfo,
    /// The headers of the client.
    pub(super) headers: &'a HeaderMap,
    /// The token with which the API server was asked.
    pub(super) token: &'a Token,
    /// Whether it is another one than that which the API server has refused before.
    pub(super) is_renewed: bool,
}

impl<P: Platform> Access<'_, P> {
    /// Another token, if `answer` says that the API server refuses the one of `refusal`. Nothing if it
    /// does not, or the token is the client's own.
    ///
    /// # Errors
    /// When it wants a stronger sign-in, or there is no other token.
    pub(super) async fn instead_of(
        &self,
        refusal: &Refusal<'_>,
        answer: &Response<()>,
    ) -> Result<Option<Token>, Failure> {
        let Caller::SignedIn(credential) = refusal.caller else {
            return Ok(None);
        };
        if !self.is_refused(refusal.info, refusal.token, answer).await {
            return Ok(None);
        }
        if let Some(claims) = challenge::claims(answer.headers()) {
            self.challenged(credential, claims).await?;
            let site = self.settings.public_url.clone();
            return Err(KubernetesError::StrongerSignIn(site).into());
        }
        if refusal.is_renewed || self.is_fresh(refusal.token) {
            return Err(self.refuses().into());
        }
        let (caller, headers) = (refusal.caller, refusal.headers);
        let token = self.token(caller, headers, Some(refusal.token)).await?;
        Ok(Some(token))
    }

    /// What the user is told if no token is accepted.
    fn refuses(&self) -> KubernetesError {
        KubernetesError::TokenRefused(self.settings.public_url.clone())
    }
}
