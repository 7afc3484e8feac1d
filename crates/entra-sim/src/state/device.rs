//! Devices that wait for somebody to let them in (RFC 8628).

use serde::Deserialize;

use super::clock::now;
use super::sign_on::SignOn;

/// A device that waits.
pub(crate) struct Device {
    pub(crate) user_code: String,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    pub(crate) expires_at: u64,
    pub(crate) decision: Decision,
}

impl Device {
    /// Whether it waits with this user code.
    pub(super) fn waits_with(&self, user_code: &str) -> bool {
        self.user_code == user_code
            && self.expires_at > now()
            && matches!(self.decision, Decision::Pending)
    }
}

/// What somebody has said about it.
pub(crate) enum Decision {
    Pending,
    Approved(SignOn),
    Declined,
    /// It has its tokens.
    Redeemed,
}

/// How device codes are from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeviceCodeChange {
    /// Their life in seconds.
    #[serde(default = "fifteen_minutes")]
    pub(crate) expires_in: u64,
}

impl Default for DeviceCodeChange {
    fn default() -> Self {
        Self {
            expires_in: fifteen_minutes(),
        }
    }
}

fn fifteen_minutes() -> u64 {
    900
}
