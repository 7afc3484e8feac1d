//! Why a sign-in is not finished.

use crate::entra::InvalidToken;
use crate::entra_error::EntraError;
use crate::outbound::{Away, Dependency};
use crate::problem::{Note, Problem, Tell, WayOn, sentences};
use crate::terms::ReturnPath;

/// Why a sign-in is not finished.
#[derive(Debug)]
pub(super) enum SignInError {
    /// The callback does not belong to an attempt of this browser, or to one that is over; with where
    /// that led.
    NoAttempt(Option<ReturnPath>),
    /// The attempt was used before; with where it led.
    AttemptUsed(ReturnPath),
    /// Everything of this user was signed out while this sign-in was under way.
    SignedOutMeanwhile,
    /// Entra gave an ID token that is not valid.
    IdToken(InvalidToken),
    /// The account that came back is not the session's.
    AnotherUser,
    /// Too many sign-ins of this client have failed. It may go on after this many seconds.
    TooManyFailures(u64),
    /// Entra does not know the proxy's federated credential, perhaps not yet. The attempt is kept, and
    /// may go on after this many seconds. There is what Entra said if it was asked by this request.
    CredentialUnknown(u64, Option<Box<EntraError>>),
    /// Entra refused the sign-in.
    Refused(Box<EntraError>),
    /// A service is away, and the attempt is spent. The user has to begin again.
    Interrupted(Away),
}

impl SignInError {
    /// The error for a service that is away. The attempt is spent, so the user has to begin again.
    pub(super) fn interrupted(away: impl Into<Away>) -> Self {
        Self::Interrupted(away.into())
    }
}

impl Tell for SignInError {
    fn problem(&self) -> Problem {
        let problem = match self {
            Self::NoAttempt(led_to) => {
                Problem::new(400, &sentences::NO_ATTEMPT).leading_to(led_to.clone())
            }
            Self::AttemptUsed(led_to) => {
                Problem::new(400, &sentences::ATTEMPT_USED).leading_to(Some(led_to.clone()))
            }
            Self::SignedOutMeanwhile => Problem::new(400, &sentences::SIGNED_OUT_MEANWHILE),
            Self::IdToken(invalid) => {
                Problem::new(400, &sentences::INVALID_ID_TOKEN).with("what", invalid)
            }
            Self::AnotherUser => Problem::new(400, &sentences::ANOTHER_USER),
            // The attempt is kept, so there is nothing to begin anew.
            Self::TooManyFailures(seconds) => {
                return Problem::new(429, &sentences::TOO_MANY_FAILURES)
                    .with("seconds", seconds)
                    .retry_after(*seconds);
            }
            Self::CredentialUnknown(seconds, error) => {
                let problem = Problem::new(503, &sentences::CREDENTIAL_UNKNOWN)
                    .with("seconds", seconds)
                    .retry_after(*seconds);
                return match error {
                    Some(error) => problem.entra(error),
                    None => problem,
                };
            }
            Self::Refused(error) => Problem::new(400, &sentences::SIGN_IN_REFUSED)
                .with("explanation", error.explanation())
                .entra(error),
            Self::Interrupted(away) => away.in_words(match away.what {
                Dependency::Entra => &sentences::ENTRA_INTERRUPTS,
                Dependency::Sidecar => &sentences::SIDECAR_INTERRUPTS,
                Dependency::Kubelogin => &sentences::KUBELOGIN_INTERRUPTS,
                Dependency::Store => &sentences::STORE_INTERRUPTS,
                Dependency::ApiServer => &sentences::API_SERVER_INTERRUPTS,
                Dependency::Graph => &sentences::GRAPH_INTERRUPTS,
            }),
        };
        problem.way_on(WayOn::SignIn)
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(match self {
            Self::IdToken(invalid) => Note::detail(invalid.to_string()),
            Self::Refused(error) | Self::CredentialUnknown(_, Some(error)) => Note::entra(error),
            // Somebody has reloaded the page too soon.
            Self::CredentialUnknown(_, None) => return None,
            Self::Interrupted(away) => Note::detail(away.detail()),
            Self::NoAttempt(_)
            | Self::AttemptUsed(_)
            | Self::SignedOutMeanwhile
            | Self::AnotherUser
            | Self::TooManyFailures(_) => Note::default(),
        })
    }
}
