//! Forward-auth, compatible with oauth2-proxy (docs/http-apps.md).
//!
//! These functions are called at the host of an app, or of the proxy in front of it. Only the app cookie
//! counts here: no function in this folder reads the session cookie. [`super::app_login`] is at our own
//! origin, and alone links the two.

mod admitted;
pub(crate) mod auth;
mod bearer;
mod error;
pub(crate) mod ping;
mod place;
pub(crate) mod ready;
mod seldom;
pub(crate) mod sign_out;
mod signed_in;
pub(crate) mod start;
pub(crate) mod ticket;
pub(crate) mod userinfo;

#[cfg(test)]
pub(super) mod tests;

pub(super) use self::admitted::{Admitted, By, Visit};
pub(super) use self::error::AppRefused;
pub(super) use self::place::{Back, Place};
pub(super) use self::seldom::seldom;
pub(super) use self::signed_in::{AppSettings, facts};
