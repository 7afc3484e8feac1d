//! Sessions without expiry, compare-and-swap or scan in the store (design, section 5).
//!
//! A *handle* is the secret that a client holds; its record says whose it is, when it ends and
//! which *grant* it opens. The grant holds what a sign-in obtained. An *attempt* is a sign-in that
//! is under way; it lives in a sealed cookie only.

pub mod attempt;
mod claim;
pub mod cookies;
pub mod credential;
mod expiry;
mod failures;
mod grant;
mod handle;
mod keyring;
mod keys;
pub mod lease;
mod list;
mod live;
mod owner;
mod records;
pub mod streams;
mod sweep;
mod ticket;
mod tokens;

#[cfg(test)]
mod tests;

use std::fmt;

pub use self::attempt::Attempt;
pub use self::claim::claim_attempt;
pub use self::credential::CredentialRecord;
pub use self::failures::Failures;
pub use self::grant::{GrantId, GrantName};
pub use self::handle::{Handle, HandleRecord, Record};
pub use self::keyring::Keyring;
pub use self::live::{Holder, Live, NewSession, SignIn, end, find, peek, resume};
pub use self::owner::Owner;
pub use self::records::Records;
pub use self::sweep::{Swept, sweep};
pub use self::ticket::Ticket;
pub use self::tokens::{
    AccessToken, Identity, Interaction, InteractionKind, Job, Outcome, Reason, Setback, Source,
    TokenRefused, Tokens,
};
use crate::platform::StoreError;

/// Why the store gave no answer that can be acted on. Nobody is signed out by it.
#[derive(Debug)]
pub enum SessionError {
    /// The store itself failed.
    Store(StoreError),
    /// A record was written by a newer release, and is left alone.
    NewerFormat,
    /// A list is longer than it may be.
    ListFull,
    /// Another request is at it for too long.
    Busy,
}

impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::NewerFormat => f.write_str("a record was written by a newer release"),
            Self::ListFull => f.write_str("a list in the session store is full"),
            Self::Busy => f.write_str("another request is refreshing the same tokens"),
        }
    }
}
