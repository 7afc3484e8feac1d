//! Why a user who is signed in has no AKS token, as they are told.

use crate::entra_error::EntraError;
use crate::problem::{Note, Problem, Sentence, Tell, WayOn, sentences};

/// What is wrong where Entra gives no refresh token.
const NO_REFRESH_TOKEN: &str = "Entra has given no refresh token";

/// Why there is none.
#[derive(Debug)]
pub enum NoAksToken {
    /// What Entra gave is not a token for this user and the AKS server. The text says what is
    /// wrong.
    Unusable(String),
    /// Entra gave nothing to ask for it with.
    NoRefreshToken,
    /// Entra refused it, and one redirect has not helped.
    Refused(Box<EntraError>),
    /// It needs consent or a stronger sign-in in a browser.
    InteractionRequired(Box<EntraError>),
    /// The redirect to Entra for it is still open.
    InteractionOpen,
    /// It needs consent or a device code. The user chooses. Consent may have been asked for
    /// already.
    ConsentOrDeviceCode {
        /// Whether consent was asked for, and Entra has not answered.
        open: bool,
    },
}

impl NoAksToken {
    /// Why, as the rest of a sentence.
    pub fn why(&self) -> String {
        match self {
            Self::Unusable(what) => format!("what came is not one ({what})"),
            Self::NoRefreshToken => "Microsoft Entra gave nothing to ask for it with".to_owned(),
            Self::Refused(error) | Self::InteractionRequired(error) => {
                error.explanation().trim_end_matches('.').to_owned()
            }
            Self::InteractionOpen | Self::ConsentOrDeviceCode { .. } => {
                "a permission is missing".to_owned()
            }
        }
    }
}

impl Tell for NoAksToken {
    fn problem(&self) -> Problem {
        match self {
            Self::Unusable(what) => Problem::new(400, &sentences::UNUSABLE_AKS_TOKEN)
                .with("what", what)
                .way_on(WayOn::SignIn),
            Self::NoRefreshToken => Problem::new(400, &sentences::UNUSABLE_AKS_TOKEN)
                .with("what", NO_REFRESH_TOKEN)
                .way_on(WayOn::SignIn),
            Self::Refused(error) => by_entra(&sentences::AKS_TOKEN_REFUSED, error),
            Self::InteractionRequired(error) => by_entra(&sentences::INTERACTION_REQUIRED, error),
            Self::InteractionOpen => {
                Problem::new(400, &sentences::INTERACTION_OPEN).way_on(WayOn::AskAgain)
            }
            Self::ConsentOrDeviceCode { open: true } => {
                choice(&sentences::CONSENT_OPEN_OR_DEVICE_CODE)
            }
            Self::ConsentOrDeviceCode { open: false } => choice(&sentences::CONSENT_OR_DEVICE_CODE),
        }
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(match self {
            Self::Unusable(what) => Note::detail(what),
            Self::NoRefreshToken => Note::detail(NO_REFRESH_TOKEN),
            Self::Refused(error) | Self::InteractionRequired(error) => Note::entra(error),
            Self::InteractionOpen | Self::ConsentOrDeviceCode { .. } => Note::default(),
        })
    }
}

fn by_entra(sentence: &'static Sentence, error: &EntraError) -> Problem {
    Problem::new(400, sentence)
        .with("explanation", error.explanation())
        .entra(error)
        .way_on(WayOn::AskAgain)
}

/// Both ways to a token: consent, and a device code.
fn choice(sentence: &'static Sentence) -> Problem {
    Problem::new(400, sentence)
        .way_on(WayOn::AskAgain)
        .way_on(WayOn::DeviceCode)
        .way_on(WayOn::SignOut)
}
