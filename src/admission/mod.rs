//! The door: who may sign in, by the operator's rules (`ALLOWED_USERS`, `ALLOWED_ROLES`,
//! `ALLOWED_GROUPS`).
//!
//! Asked at each sign-in, and again whenever Entra gives a new ID token beside an access token: who is
//! not admitted any more is signed out.

mod door;
mod groups;
mod refusal;

#[cfg(test)]
mod tests;

pub use self::door::{Door, NotAdmitted};
pub use self::refusal::{Refusal, Rule};
