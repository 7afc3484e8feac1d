//! Log lines: JSON, one line per event, without secrets.

use serde::{Serialize, Serializer};

use crate::entra_error::EntraError;
use crate::platform::{Clock, Console};
use crate::terms::User;

/// One event.
#[derive(Default, Serialize)]
pub struct Event<'a> {
    /// What happened, such as `sign_in`, `interaction`, `refresh`, `sign_out`, `refusal` or
    /// `fault`.
    pub event: &'static str,
    /// The function in which it happened.
    pub route: &'static str,
    /// How it ended.
    pub outcome: &'a str,
    /// The request's id, which the answer has too.
    pub request_id: &'a str,
    /// A fingerprint of the session's handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The user's object id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oid: Option<&'a str>,
    /// The user's tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tid: Option<&'a str>,
    /// What Entra said, with its ids. A claims challenge is left out: it is between Entra and us.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "without_claims"
    )]
    pub entra: Option<&'a EntraError>,
    /// For the engineer on call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'a str>,
}

impl<'a> Event<'a> {
    /// With the user's ids.
    pub fn of(self, user: &'a User) -> Self {
        Self {
            oid: Some(&user.oid),
            tid: Some(&user.tid),
            ..self
        }
    }

    /// Writes the line.
    pub fn log(&self, platform: &(impl Clock + Console)) {
        write(platform, self);
    }
}

/// Writes one line about `event`, with the time. The texts of a line that would be too long are cut.
pub fn write(platform: &(impl Clock + Console), event: &impl Serialize) {
    platform.print(&verdict::line(&platform.now().rfc3339(), event));
}

#[allow(clippy::ref_option, reason = "serde wants this signature")]
fn without_claims<S: Serializer>(
    error: &Option<&EntraError>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    error.map(EntraError::without_claims).serialize(serializer)
}
