//! Speaking with Microsoft Entra: one tenant, one registration, one cloud.

mod access_token;
mod answer;
pub mod authorize;
mod capabilities;
mod claims;
mod codes;
mod error;
mod federated;
mod graph;
mod id_token;
mod jwt;
mod membership;
mod metadata;
mod token_endpoint;

#[cfg(test)]
mod tests;

pub use self::access_token::ValidAccessToken;
pub use self::answer::TokenAnswer;
pub use self::authorize::Authorization;
pub use self::claims::{decode_unverified, scopes};
pub(crate) use self::codes::explanation;
pub use self::error::{EntraError, Verdict};
pub use self::id_token::IdToken;
pub use self::jwt::{InvalidToken, TokenFailure};
pub use self::membership::{Groups, Membership};
pub use self::metadata::Metadata;
pub use self::token_endpoint::Grant;
use crate::outbound::{self, Away, Outbound};
use crate::platform::Platform;
use crate::settings::{Client, SidecarSettings};

/// Entra, as this proxy's registration sees it.
pub struct Entra<'a, P> {
    /// The world.
    pub platform: &'a P,
    /// The registration.
    pub client: &'a Client,
    /// Where the client assertion comes from.
    pub sidecar: &'a SidecarSettings,
    outbound: Outbound<'a, P>,
}

impl<'a, P: Platform> Entra<'a, P> {
    /// For one request, whose questions together have a bounded time from now on.
    pub fn new(platform: &'a P, client: &'a Client, sidecar: &'a SidecarSettings) -> Self {
        Self {
            platform,
            client,
            sidecar,
            outbound: Outbound::within(platform, outbound::BUDGET),
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

impl From<Away> for EntraFailure {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}
