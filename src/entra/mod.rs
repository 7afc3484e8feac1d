//! Speaks with Microsoft Entra: one tenant, one registration, one cloud.

mod access_token;
mod answer;
pub mod authorize;
mod bearer;
mod capabilities;
mod claims;
mod client;
mod federated;
#[cfg(fuzzing)]
pub mod fuzzing;
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
pub use self::bearer::Bearer;
pub use self::claims::{decode_unverified, scopes};
pub use self::client::{Entra, EntraFailure};
pub use self::graph::{Group, NamedGroups, NoNames};
pub use self::id_token::IdToken;
pub use self::jwt::{InvalidToken, TokenFailure};
pub use self::membership::{Groups, Membership};
pub use self::metadata::Metadata;
pub use self::token_endpoint::Grant;
