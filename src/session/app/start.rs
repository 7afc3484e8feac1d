//! Sign-ins that were begun at an app's host. Each is in its own sealed cookie of that host, so tabs do
//! not disturb each other, and a ticket is good in that browser alone.

use serde::{Deserialize, Serialize};

use crate::platform::{Platform, UnixTime};
use crate::session::attempt;
use crate::session::kept::{self, Kept};
use crate::settings::{CookieSettings, split_prefix};
use crate::terms::encoding::{base64url, sha256};
use crate::terms::{ReturnPath, Secret, secret};

/// How long a user may take until the ticket comes, in seconds: an attempt at Entra, and one more.
const LIFETIME: u64 = 2 * attempt::LIFETIME;

/// A sign-in that was begun at an app's host.
#[derive(Clone, Deserialize, Serialize)]
pub struct Start {
    nonce: Secret,
    end: UnixTime,
    /// Where it leads, at that host.
    pub return_path: ReturnPath,
}

impl Start {
    /// Begins one.
    pub fn begin<P: Platform>(platform: &P, return_path: ReturnPath) -> Self {
        Self {
            nonce: Secret::new(base64url(&platform.bytes32())),
            end: platform.now().plus(LIFETIME),
            return_path,
        }
    }

    /// The hash of the nonce. It goes to the proxy's origin, and comes back with the ticket. Nobody
    /// learns the nonce from it.
    pub fn challenge(&self) -> String {
        sha256(self.nonce.reveal())
    }

    /// Whether `challenge`, as it came back, is this one's. The comparison takes constant time.
    pub fn has_challenge(&self, challenge: &str) -> bool {
        secret::same(self.challenge(), challenge)
    }

    /// Whether it cannot be finished any more.
    pub fn is_over(&self, now: UnixTime) -> bool {
        now >= self.end
    }
}

impl Kept for Start {
    const KIND: &'static str = "app-start";

    /// With `__Host-` where that is possible, so that no sibling host can plant one (RFC 6265bis,
    /// section 4.1.3.2).
    fn prefix(cookies: &CookieSettings) -> String {
        let host = if cookies.secure { "__Host-" } else { "" };
        let (_, name) = split_prefix(&cookies.name);
        format!("{host}{name}_start_")
    }

    fn name(&self, cookies: &CookieSettings) -> String {
        cookie_name(cookies, &self.challenge())
    }

    fn end(&self) -> UnixTime {
        self.end
    }
}

/// The name of the cookie that holds the start with this challenge.
pub fn cookie_name(cookies: &CookieSettings, challenge: &str) -> String {
    kept::name(&Start::prefix(cookies), challenge)
}
