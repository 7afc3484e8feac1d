//! Why there is no AKS token, and what is kept of it.

use crate::admission::{NotAdmitted, Refusal};
use crate::entra::EntraFailure;
use crate::entra_error::{EntraError, Verdict};
use crate::outbound::Away;
use crate::platform::UnixTime;
use crate::session::{Interaction, InteractionKind, Outcome, Reason, Setback, Tokens};

/// How often Entra is asked silently after a refusal, in seconds. An administrator may have
/// consented meanwhile, and Entra counts loops (AADSTS50196).
const PATIENCE: u64 = 60;
/// How long nothing is asked after a service was away, in seconds, unless it says otherwise.
const BACK_OFF: u64 = 10;
/// The longest `Retry-After` that is believed, in seconds.
const LONGEST_BACK_OFF: u64 = 3600;

/// Why there is no AKS token.
#[derive(Debug)]
pub enum AksFailure {
    /// Entra wants the user in a browser.
    Interaction(InteractionKind, Box<EntraError>),
    /// The refresh token is dead.
    SignInAgain(Box<EntraError>),
    /// Entra refuses, and the user cannot help it.
    Refused(Box<EntraError>),
    /// There is no refresh token to ask with: Entra gave none, or it died.
    NoRefreshToken,
    /// The answer is not a token for this user and AKS.
    Unusable(String),
    /// A service is away for the moment.
    Away(Away),
    /// The operator's rules no longer admit the user.
    NotAdmitted(Box<Refusal>),
}

impl AksFailure {
    /// For the log: the outcome.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Interaction(InteractionKind::Consent, _) => "consent_required",
            Self::Interaction(InteractionKind::StepUp { .. }, _) => "step_up_required",
            Self::SignInAgain(_) => "sign_in_required",
            Self::Refused(_) => "refused",
            Self::NoRefreshToken => "no_refresh_token",
            Self::Unusable(_) => "unusable",
            Self::Away(_) => "away",
            Self::NotAdmitted(_) => "not_admitted",
        }
    }

    /// For the log: what Entra said.
    pub(super) fn entra(&self) -> Option<&EntraError> {
        match self {
            Self::Interaction(_, error) | Self::SignInAgain(error) | Self::Refused(error) => {
                Some(error)
            }
            Self::NoRefreshToken | Self::Unusable(_) | Self::Away(_) | Self::NotAdmitted(_) => None,
        }
    }

    /// For the log: further details.
    pub(super) fn detail(&self) -> Option<String> {
        match self {
            Self::Unusable(what) => Some(what.clone()),
            Self::NotAdmitted(refusal) => Some(refusal.rule.setting().to_owned()),
            Self::Away(away) => Some(away.detail()),
            Self::Interaction(..)
            | Self::SignInAgain(_)
            | Self::Refused(_)
            | Self::NoRefreshToken => None,
        }
    }

    /// What is kept of this, so that nobody asks again too soon.
    pub(super) fn setback(&self, now: UnixTime) -> Option<Setback> {
        let (wait, reason) = match self {
            Self::Away(away) => (
                away.retry_after.unwrap_or(BACK_OFF).min(LONGEST_BACK_OFF),
                Reason::Away(away.what),
            ),
            Self::Interaction(_, error) | Self::SignInAgain(error) | Self::Refused(error) => {
                (PATIENCE, Reason::Refused((**error).clone()))
            }
            Self::Unusable(what) => (PATIENCE, Reason::Unusable(what.clone())),
            // This check is free; users who are not admitted have no tokens.
            Self::NoRefreshToken | Self::NotAdmitted(_) => return None,
        };
        Some(Setback {
            not_before: now.plus(wait),
            reason,
        })
    }

    /// Keeps this in `tokens`, so that nobody asks again too soon.
    pub(super) fn note(&self, now: UnixTime, tokens: &mut Tokens) {
        let Some(setback) = self.setback(now) else {
            return;
        };
        tokens.setback = Some(setback);
        match self {
            // What was granted is no longer enough. A new demand may redirect again, once.
            Self::Interaction(..) => {
                let open = |i: &Interaction| !matches!(i.outcome, Outcome::Granted);
                tokens.interaction = tokens.interaction.take().filter(open);
            }
            // A refresh token that never gave anything is kept: signing in again would go in
            // circles.
            Self::SignInAgain(_) if tokens.generation > 0 => tokens.refresh_token = None,
            _ => {}
        }
    }
}

impl Setback {
    /// Whether Entra must not be asked yet. A moment too far ahead is from a clock that has been
    /// set back.
    pub fn holds(&self, now: UnixTime) -> bool {
        now < self.not_before && self.not_before.since(now) <= LONGEST_BACK_OFF
    }

    /// The failure that caused it.
    pub(super) fn failure(&self, now: UnixTime) -> AksFailure {
        match &self.reason {
            Reason::Refused(error) => EntraFailure::Refused(Box::new(error.clone())).into(),
            Reason::Unusable(what) => AksFailure::Unusable(what.clone()),
            Reason::Away(what) => AksFailure::Away(Away {
                what: *what,
                reason: "it was away a moment ago".to_owned(),
                retry_after: Some(self.not_before.since(now)),
            }),
        }
    }
}

impl From<Away> for AksFailure {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}

impl From<NotAdmitted> for AksFailure {
    fn from(failure: NotAdmitted) -> Self {
        match failure {
            NotAdmitted::Refused(refusal) => Self::NotAdmitted(refusal),
            NotAdmitted::Away(away) => Self::Away(away),
            NotAdmitted::IdToken(invalid) => Self::Unusable(format!("its ID token: {invalid}")),
        }
    }
}

impl From<EntraFailure> for AksFailure {
    fn from(failure: EntraFailure) -> Self {
        match failure {
            EntraFailure::Away(away) => Self::Away(away),
            EntraFailure::Refused(error) => match error.verdict() {
                Verdict::Consent => Self::Interaction(InteractionKind::Consent, error),
                Verdict::StepUp => {
                    let claims = error.claims.clone();
                    Self::Interaction(InteractionKind::StepUp { claims }, error)
                }
                Verdict::SignInAgain => Self::SignInAgain(error),
                Verdict::Transient | Verdict::Refused => Self::Refused(error),
            },
        }
    }
}
