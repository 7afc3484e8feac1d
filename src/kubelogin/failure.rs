//! Why a device code gives no token.

use serde::Deserialize;

use crate::session::TokenRefused;

/// What keeps a device code from giving a token.
#[derive(Debug)]
pub enum DeviceCodeError {
    /// `KUBELOGIN_ENABLED` says so.
    Disabled,
    /// The token needs one, and only a browser is sent for it.
    Needed,
    /// The sidecar does not run kubelogin.
    NotThere,
    /// As many run and wait as may; in so many seconds it may be otherwise.
    Busy(u64),
    /// None was asked for, or it was cancelled.
    NotAsked,
    /// The sidecar knows nothing of it any more.
    Lost,
    /// kubelogin has ended without a token.
    Run(RunFailure),
    /// What kubelogin brought is not the user's token for AKS.
    Token(TokenRefused),
}

impl DeviceCodeError {
    /// For the log: what else there is to say.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Token(TokenRefused::Unusable(what)) => Some(what.clone()),
            Self::Run(failure) => Some(failure.to_string()),
            _ => None,
        }
    }
}

/// How a run of kubelogin ended without a token.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct RunFailure {
    /// As far as kubelogin says it.
    pub reason: Reason,
    /// Numbers behind `AADSTS`, if Entra gave any.
    #[serde(default)]
    pub codes: Vec<u32>,
}

/// The reasons.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody entered the code in time.
    Expired,
    /// Whoever entered it declined, or may not (Conditional Access): kubelogin does not tell.
    Declined,
    /// Entra gives no device code.
    Refused,
    /// Entra cannot be reached.
    Unreachable,
    /// The program is not there, or cannot be run.
    Missing,
    /// It printed something else than a credential, or too much.
    Nonsense,
    /// Anything else.
    #[serde(other)]
    Failed,
}

impl std::fmt::Display for RunFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reason = match self.reason {
            Reason::Expired => "expired",
            Reason::Declined => "declined",
            Reason::Refused => "refused",
            Reason::Unreachable => "unreachable",
            Reason::Missing => "missing",
            Reason::Nonsense => "nonsense",
            Reason::Failed => "failed",
        };
        f.write_str(reason)?;
        self.codes
            .iter()
            .try_for_each(|code| write!(f, " AADSTS{code}"))
    }
}
