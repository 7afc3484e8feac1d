//! What follows when there is no AKS token. It is the same for a page and for a Kubernetes client.

use super::failure::AksFailure;
use super::refused::NoAksToken;
use crate::entra_error::EntraError;
use crate::problem::Failure;
use crate::session::{InteractionKind, Tokens};

/// What follows.
pub enum Without {
    /// A service is away, or the rules no longer admit the user.
    Failed(Failure),
    /// The refresh token is dead. Only a new sign-in gives a token.
    SignInAgain,
    /// The token has expired, and Entra gave nothing to renew it. A new sign-in gives a token.
    NoRefreshToken,
    /// Entra wants the user in a browser.
    Interaction(InteractionKind, Box<EntraError>),
    /// There is no token.
    Refused(NoAksToken),
}

/// What follows from `failure`, in a session that holds `tokens`.
pub fn without(failure: AksFailure, tokens: &Tokens) -> Without {
    // For a grant that never gave anything, signing in again would go in circles.
    let gave_nothing = tokens.generation == 0;
    match failure {
        AksFailure::Away(away) => Without::Failed(away.into()),
        AksFailure::NotAdmitted(refusal) => Without::Failed((*refusal).into()),
        AksFailure::Unusable(what) => Without::Refused(NoAksToken::Unusable(what)),
        AksFailure::Refused(error) => Without::Refused(NoAksToken::Refused(error)),
        AksFailure::NoRefreshToken if gave_nothing => Without::Refused(NoAksToken::NoRefreshToken),
        AksFailure::SignInAgain(error) if gave_nothing => {
            Without::Refused(NoAksToken::Refused(error))
        }
        AksFailure::SignInAgain(_) => Without::SignInAgain,
        AksFailure::NoRefreshToken => Without::NoRefreshToken,
        AksFailure::Interaction(kind, error) => Without::Interaction(kind, error),
    }
}
