//! The door: who may sign in, by the operator's rules (`ALLOWED_USERS`, `ALLOWED_ROLES`,
//! `ALLOWED_GROUPS`).
//!
//! The rules are asked at each sign-in, and again when Entra gives a new ID token beside an access
//! token. Users who are no longer admitted are signed out.

mod door;
mod groups;
mod refusal;

#[cfg(test)]
mod tests;

pub use self::door::{Door, NotAdmitted};
pub use self::refusal::{Refusal, Rule};
