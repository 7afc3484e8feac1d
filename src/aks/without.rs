//! What follows where there is no AKS token: the same for a page and for a Kubernetes client.

use super::failure::AksFailure;
use super::refused::NoAksToken;
use crate::entra_error::EntraError;
use crate::problem::Failure;
use crate::session::{InteractionKind, Tokens};

/// What follows.
pub enum Without {
    /// Something is away, or the rules do not admit the user any more.
    Failed(Failure),
    /// The refresh token is dead: only a new sign-in gives a token.
    SignInAgain,
    /// The token is over, and Entra gave nothing to renew it: a new sign-in does.
    NoRefreshToken,
    /// Entra wants the user in a browser.
    Interaction(InteractionKind, Box<EntraError>),
    /// There is none.
    Refused(NoAksToken),
}

/// What follows from `failure`, in a session that holds `tokens`.
pub fn without(failure: AksFailure, tokens: &Tokens) -> Without {
    // One that never gave anything: to sign in again would go in circles.
    let gave_nothing = tokens.generation == 0;
    match failure {
        AksFailure::Away(away) => Without::Failed(away.into()),
        AksFailure::NotAdmitted(refusal) => Without::Failed((*refusal).into()),
        AksFailure::Unusable(what) => Without::Refused(NoAksToken::Unusable(what)),
        AksFailure::Refused(error) => Without::Refused(NoAksToken::Refused(error)),
        AksFailure::NoRefreshToken if gave_nothing => {
            let what = "Entra has given no refresh token".to_owned();
            Without::Refused(NoAksToken::Unusable(what))
        }
        AksFailure::SignInAgain(error) if gave_nothing => {
            Without::Refused(NoAksToken::Refused(error))
        }
        AksFailure::SignInAgain(_) => Without::SignInAgain,
        AksFailure::NoRefreshToken => Without::NoRefreshToken,
        AksFailure::Interaction(kind, error) => Without::Interaction(kind, error),
    }
}
