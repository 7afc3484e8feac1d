//! The door: who may sign in, by the operator's rules (`ALLOWED_USERS`, `ALLOWED_ROLES`,
//! `ALLOWED_GROUPS`).
//!
//! The rules are asked at each sign-in, and again when Entra gives a new ID token beside an access
//! token. At the apps they are asked at each request. Users who are no longer admitted are signed out.

mod door;
mod groups;
mod refusal;
mod rules;

#[cfg(test)]
mod tests;

pub use self::door::{Door, NotAdmitted};
pub use self::refusal::{Refusal, Rule};
pub use self::rules::admit_known;
