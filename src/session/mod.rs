//! Sessions without expiry, compare-and-swap or scan in the store (design, section 5).
//!
//! A *handle* is the secret that a client holds; its record says whose it is, when it ends and
//! which *grant* it opens. The grant holds what a sign-in obtained. An *attempt* is a sign-in that
//! is under way; it lives in a sealed cookie only.

pub mod attempt;
mod claim;
pub mod cookies;
pub mod credential;
mod error;
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

pub use self::attempt::Attempt;
pub use self::claim::claim_attempt;
pub use self::credential::CredentialRecord;
pub use self::error::SessionError;
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
