//! Sessions without expiry, compare-and-swap or scan in the store (docs/sessions.md).
//!
//! A *handle* is the secret that a client holds. Its record says whose it is, when it ends and
//! which *grant* it opens. The grant holds what a sign-in obtained. An *attempt* is a sign-in that
//! is under way. It lives only in a sealed cookie.

pub mod app;
pub mod attempt;
mod claim;
mod claims;
pub mod cookies;
pub mod credential;
mod expiry;
mod failures;
mod grant;
mod grant_id;
mod handle;
mod kept;
pub mod lease;
mod live;
mod no_session;
mod owner;
mod sign_in;
pub mod sign_ins;
pub mod streams;
mod sweep;
mod tokens;
mod told;

#[cfg(test)]
pub(crate) mod tests;

pub use self::attempt::Attempt;
pub use self::claim::claim_attempt;
pub use self::claims::Claims;
pub use self::credential::CredentialRecord;
pub use self::expiry::write_until;
pub use self::failures::Failures;
pub use self::grant_id::{GrantId, GrantName};
pub use self::handle::{Handle, HandleRecord, Record};
pub use self::kept::Kept;
pub use self::live::{Holder, Live, end, find, peek, resume};
pub use self::no_session::NoSession;
pub use self::owner::Owner;
pub use self::sign_in::{NewSession, SignIn};
pub use self::sweep::{Swept, sweep, sweep_a_little, sweep_a_little_beside, sweep_beside};
pub use self::tokens::{
    AccessToken, Identity, Interaction, InteractionKind, Job, Outcome, Reason, Setback, Source,
    TokenRefused, Tokens,
};
