//! Speaking with Microsoft Entra: one tenant, one registration, one cloud.

mod answer;
pub mod authorize;
mod capabilities;
mod claims;
mod codes;
mod error;
mod federated;
mod graph;
mod id_token;
mod membership;
mod metadata;
mod token_endpoint;
mod transport;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::answer::TokenAnswer;
pub use self::authorize::Authorization;
pub use self::claims::{decode_unverified, scopes};
pub use self::error::{EntraError, Verdict};
pub use self::id_token::{IdToken, IdTokenFailure, InvalidIdToken};
pub(crate) use self::membership::is_guest;
pub use self::membership::{Groups, Membership};
pub use self::metadata::Metadata;
pub use self::token_endpoint::Grant;
use crate::platform::Platform;
use crate::session::SessionError;
use crate::settings::{Client, SidecarSettings};

/// Entra, as this proxy's registration sees it.
pub struct Entra<'a, P> {
    /// The world.
    pub platform: &'a P,
    /// The registration.
    pub client: &'a Client,
    /// Where the client assertion comes from.
    pub sidecar: &'a SidecarSettings,
    /// After this moment of [`crate::platform::Clock::monotonic`] nothing is asked any more.
    end: Duration,
}

impl<'a, P: Platform> Entra<'a, P> {
    /// For one request, whose questions together have a bounded time from now on.
    pub fn new(platform: &'a P, client: &'a Client, sidecar: &'a SidecarSettings) -> Self {
        Self {
            platform,
            client,
            sidecar,
            end: platform.monotonic() + transport::BUDGET,
        }
    }
}

/// Why Entra gave no tokens.
#[derive(Debug)]
pub enum EntraFailure {
    /// It was asked, and said no.
    Refused(Box<EntraError>),
    /// It, or what is needed to ask it, is away.
    Away(Away),
}

/// Something outside is away for the moment: nobody is signed out by it.
#[derive(Clone, Debug)]
pub struct Away {
    /// What is away.
    pub what: Dependency,
    /// Why, for the log.
    pub reason: String,
    /// In how many seconds to try again, if it said so.
    pub retry_after: Option<u64>,
}

/// What the proxy depends on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dependency {
    /// Microsoft Entra.
    Entra,
    /// The sidecar, with the workload-identity token.
    Sidecar,
    /// The session store.
    Store,
    /// Microsoft Graph, which knows the groups of those who are in many.
    Graph,
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entra => "Microsoft Entra",
            Self::Sidecar => "the sidecar",
            Self::Store => "the session store",
            Self::Graph => "Microsoft Graph",
        })
    }
}

impl From<SessionError> for Away {
    fn from(error: SessionError) -> Self {
        Self {
            what: Dependency::Store,
            reason: error.to_string(),
            retry_after: None,
        }
    }
}

impl From<Away> for EntraFailure {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}
