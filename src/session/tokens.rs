//! What a grant's tokens record holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::entra::EntraError;
use crate::platform::UnixTime;
use crate::return_path::ReturnPath;
use crate::secret::Secret;

/// The tokens of one grant.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Tokens {
    /// Obtains access tokens silently; absent once Entra has refused it for good.
    pub refresh_token: Option<Secret>,
    /// By the application id of the resource for which they are.
    pub access_tokens: BTreeMap<String, AccessToken>,
    /// Counts the writes of new tokens.
    pub generation: u64,
    /// The redirect to Entra that an AKS token needed, if it needed one.
    pub interaction: Option<Interaction>,
}

/// A token for one resource, as Entra gave it.
#[derive(Clone, Deserialize, Serialize)]
pub struct AccessToken {
    /// The token itself: sent to its resource only.
    pub token: Secret,
    /// Who obtained it.
    pub source: Source,
    /// What it allows, in Entra's words.
    pub scopes: Vec<String>,
    /// When it was received.
    pub issued_at: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
}

/// Who obtained a token.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// This proxy, from Entra.
    Entra,
}

/// A redirect to Entra for the AKS token, after which there is no second one by itself.
#[derive(Clone, Deserialize, Serialize)]
pub struct Interaction {
    /// What Entra wanted.
    pub kind: InteractionKind,
    /// SHA-256 of the attempt's state.
    pub state_hash: String,
    /// Where it leads.
    pub return_path: ReturnPath,
    /// What came of it.
    pub outcome: Outcome,
    /// Before this moment the token is not asked for silently again.
    pub not_before: UnixTime,
}

/// What Entra wants of the user before it gives an AKS token.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractionKind {
    /// The user's (or an administrator's) consent.
    Consent,
    /// A stronger sign-in: MFA or another Conditional Access condition.
    StepUp {
        /// Entra's claims challenge, sent back to it in `claims`.
        claims: Option<String>,
    },
}

impl InteractionKind {
    /// The claims challenge that goes back to Entra.
    pub fn claims(&self) -> Option<&str> {
        match self {
            Self::Consent => None,
            Self::StepUp { claims } => claims.as_deref(),
        }
    }
}

/// What came of an [`Interaction`].
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The user was sent to Entra and has not come back.
    Open,
    /// Entra gave the token.
    Granted,
    /// Entra, or the user there, refused.
    Refused(EntraError),
}
