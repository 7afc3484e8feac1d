//! Why a device code gives no token.

use serde::Deserialize;

use crate::entra_error::explanation;
use crate::outbound;
use crate::problem::{Note, Problem, Sentence, Tell, WayOn, sentences};
use crate::session::TokenRefused;

/// What keeps a device code from giving a token.
#[derive(Debug)]
pub enum DeviceCodeError {
    /// `KUBELOGIN_ENABLED` is false.
    Disabled,
    /// The token needs a device code, and only a browser is sent to get one.
    Needed,
    /// The token needs a device code, and this visit may not start a run by itself.
    Offered,
    /// The sidecar does not run kubelogin.
    NotThere,
    /// As many runs as allowed are under way and waiting. The number is the seconds until a new
    /// try.
    Busy(u64),
    /// The session has started a run just now. The number is the seconds until it may start the next.
    TooSoon(u64),
    /// No device code was asked for, or it was cancelled.
    NotAsked,
    /// The sidecar no longer knows the run.
    Lost,
    /// kubelogin has ended without a token.
    Run(RunFailure),
    /// What kubelogin brought is not the user's token for AKS.
    Token(TokenRefused),
}

impl Tell for DeviceCodeError {
    fn problem(&self) -> Problem {
        match self {
            Self::Disabled => {
                Problem::new(403, &sentences::KUBELOGIN_DISABLED).way_on(WayOn::AskAgain)
            }
            Self::Needed => Problem::new(400, &sentences::DEVICE_CODE_REQUIRED)
                .way_on(WayOn::AskAgain)
                .way_on(WayOn::DeviceCode),
            Self::Offered => Problem::new(400, &sentences::DEVICE_CODE_OFFERED)
                .way_on(WayOn::AskAgain)
                .way_on(WayOn::DeviceCode),
            Self::NotThere => Problem::new(500, &sentences::KUBELOGIN_MISSING),
            Self::Busy(seconds) => {
                anew(429, &sentences::TOO_MANY_DEVICE_CODES).retry_after(*seconds)
            }
            Self::TooSoon(seconds) => anew(429, &sentences::DEVICE_CODE_TOO_SOON)
                .with("seconds", seconds)
                .retry_after(*seconds),
            Self::NotAsked => Problem::new(400, &sentences::NO_DEVICE_CODE)
                .way_on(WayOn::AskAgain)
                .way_on(WayOn::DeviceCode),
            Self::Lost => anew(400, &sentences::DEVICE_CODE_LOST),
            Self::Run(failure) => failure.problem(),
            Self::Token(TokenRefused::AnotherUser) => {
                anew(400, &sentences::ANOTHER_USERS_DEVICE_CODE)
            }
            Self::Token(TokenRefused::Unusable(what)) => {
                anew(400, &sentences::UNUSABLE_KUBELOGIN_TOKEN).with("what", what)
            }
        }
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(match self {
            Self::Token(TokenRefused::Unusable(what)) => Note::detail(what),
            Self::Run(failure) => Note::detail(failure.to_string()),
            Self::Disabled
            | Self::Needed
            | Self::Offered
            | Self::NotThere
            | Self::Busy(_)
            | Self::TooSoon(_)
            | Self::NotAsked
            | Self::Lost
            | Self::Token(TokenRefused::AnotherUser) => Note::default(),
        })
    }
}

/// The way on is a new device code.
fn anew(status: u16, sentence: &'static Sentence) -> Problem {
    Problem::new(status, sentence).way_on(WayOn::DeviceCode)
}

/// How a run of kubelogin ended without a token.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct RunFailure {
    /// The reason, as far as kubelogin says it.
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
    /// The user who entered it declined, or Conditional Access forbids it. kubelogin does not say
    /// which.
    Declined,
    /// Entra gives no device code.
    Refused,
    /// Entra cannot be reached.
    Unreachable,
    /// The program is not there, or cannot be run.
    Missing,
    /// It printed something other than a credential, or too much.
    Nonsense,
    /// Anything else.
    #[serde(other)]
    Failed,
}

impl RunFailure {
    fn problem(&self) -> Problem {
        let explained = |status, sentence| {
            let explanation = self.codes.iter().find_map(|code| explanation(*code));
            let more = explanation.map(|text| format!(" {text}"));
            anew(status, sentence).with("explanation", more.unwrap_or_default())
        };
        match self.reason {
            Reason::Expired => anew(400, &sentences::DEVICE_CODE_EXPIRED),
            Reason::Declined => explained(400, &sentences::DEVICE_CODE_DECLINED),
            Reason::Refused => explained(400, &sentences::DEVICE_CODE_REFUSED),
            Reason::Unreachable => {
                anew(503, &sentences::KUBELOGIN_UNREACHING).retry_after(outbound::RETRY_AFTER)
            }
            Reason::Missing => Problem::new(500, &sentences::KUBELOGIN_MISSING),
            Reason::Nonsense | Reason::Failed => explained(502, &sentences::KUBELOGIN_FAILED),
        }
    }
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
