//! Sign-in attempts. Each is in its own sealed cookie, so tabs do not disturb each other, and
//! `/login` writes nothing to the store.

use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::kept::{self, Kept};
use crate::platform::{Platform, Random, UnixTime};
use crate::settings::{CookieSettings, split_prefix};
use crate::store::Keyring;
use crate::terms::encoding::{base64url, bytes32, sha256};
use crate::terms::{ReturnPath, Secret, secret};

/// How long a user may take at Entra, in seconds: as long as Entra's own codes live.
pub const LIFETIME: u64 = 600;

/// How long to wait before each further try of an attempt, in seconds: as long as Entra takes to spread
/// a new federated credential, and well within [`LIFETIME`].
const WAITS: [u64; 4] = [15, 30, 60, 120];

/// A sign-in that is under way.
#[derive(Clone, Deserialize, Serialize)]
pub struct Attempt {
    seed: Secret,
    /// When it ends.
    pub end: UnixTime,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it leads.
    pub return_path: ReturnPath,
    /// The tries that it has behind it.
    #[serde(default, skip_serializing_if = "Tries::is_none")]
    tries: Tries,
}

/// Tries to redeem a code at which Entra did not know the proxy itself (ADR 27).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
struct Tries {
    count: usize,
    /// Before this there is no further one.
    not_before: UnixTime,
}

/// What an attempt is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A new session.
    SignIn,
    /// The user's consent to the AKS token, for the existing session.
    Consent,
    /// A stronger sign-in that the AKS token needs, for the existing session.
    StepUp,
}

impl Attempt {
    /// Begins an attempt.
    pub fn begin<P: Platform>(platform: &P, purpose: Purpose, return_path: ReturnPath) -> Self {
        Self {
            seed: Secret::new(base64url(&platform.bytes32())),
            end: platform.now().plus(LIFETIME),
            purpose,
            return_path,
            tries: Tries::default(),
        }
    }

    /// The same attempt after one more try at which Entra did not know the proxy itself. Nothing if
    /// there were enough of them, or no time is left for another.
    pub fn after_try(&self, now: UnixTime) -> Option<Self> {
        let not_before = now.plus(*WAITS.get(self.tries.count)?);
        let tries = Tries {
            count: self.tries.count + 1,
            not_before,
        };
        (not_before < self.end).then(|| Self {
            tries,
            ..self.clone()
        })
    }

    /// For how many seconds there is no further try; nothing if it may be made.
    pub fn waits(&self, now: UnixTime) -> Option<u64> {
        let left = self.tries.not_before.since(now);
        // A moment too far ahead is from a clock that has been set back.
        let longest = WAITS.iter().copied().max().unwrap_or_default();
        (left > 0 && left <= longest).then_some(left)
    }

    /// What is claimed before a code is redeemed: something else for each try.
    pub(super) fn claim_id(&self) -> Secret {
        match self.tries.count {
            0 => self.state(),
            count => self.derive(format!("try {count}").as_bytes()),
        }
    }

    /// The `state` parameter (RFC 6749, section 4.1.1): 256 bits.
    pub fn state(&self) -> Secret {
        self.derive(b"state")
    }

    /// The `nonce` of the ID token (OIDC Core, section 3.1.2.1): 256 bits.
    pub fn nonce(&self) -> Secret {
        self.derive(b"nonce")
    }

    /// The PKCE code verifier (RFC 7636, section 4.1): 256 bits.
    pub fn verifier(&self) -> Secret {
        self.derive(b"verifier")
    }

    /// The PKCE code challenge by the method `S256` (RFC 7636, section 4.2).
    pub fn challenge(&self) -> String {
        sha256(self.verifier().reveal())
    }

    /// The hash of the state, by which the attempt is recognised later.
    pub fn state_hash(&self) -> String {
        sha256(self.state().reveal())
    }

    /// The name of the cookie that holds this attempt.
    pub fn cookie_name(&self, cookies: &CookieSettings) -> String {
        cookie_name(cookies, self.state().reveal())
    }

    /// The cookie's value.
    pub fn seal(
        &self,
        keyring: &Keyring,
        cookies: &CookieSettings,
        random: &impl Random,
    ) -> Secret {
        Kept::seal(self, keyring, cookies, random)
    }

    /// Opens the cookie `name` with the value `sealed`, whether or not the attempt is over. Nothing if it
    /// does not open.
    pub fn open(keyring: &Keyring, name: &str, sealed: &str) -> Option<Self> {
        Kept::open(keyring, name, sealed)
    }

    /// Whether it cannot be finished any more.
    pub fn is_over(&self, now: UnixTime) -> bool {
        now >= self.end
    }

    /// Whether `state`, as it came back, is this attempt's. The comparison takes constant time.
    pub fn has_state(&self, state: &str) -> bool {
        secret::same(self.state().reveal(), state)
    }

    fn derive(&self, info: &[u8]) -> Secret {
        let mut bytes = [0; 32];
        // Expanding to 32 bytes cannot fail: RFC 5869 allows up to 255 times the hash.
        let seed = bytes32(self.seed.reveal()).unwrap_or_default();
        let _ = Hkdf::<Sha256>::new(None, &seed).expand(info, &mut bytes);
        Secret::new(base64url(&bytes))
    }
}

impl Kept for Attempt {
    const KIND: &'static str = "attempt";

    fn prefix(cookies: &CookieSettings) -> String {
        cookie_prefix(cookies)
    }

    fn name(&self, cookies: &CookieSettings) -> String {
        self.cookie_name(cookies)
    }

    fn end(&self) -> UnixTime {
        self.end
    }
}

impl Tries {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// The name of the cookie that holds the attempt with this `state`.
pub fn cookie_name(cookies: &CookieSettings, state: &str) -> String {
    kept::name(&cookie_prefix(cookies), &sha256(state))
}

/// What every attempt cookie's name begins with. It has `__Host-` where that is possible, so that
/// no sibling host can plant one (RFC 6265bis, section 4.1.3.2).
pub fn cookie_prefix(cookies: &CookieSettings) -> String {
    let host = if cookies.secure { "__Host-" } else { "" };
    let (_, name) = split_prefix(&cookies.name);
    format!("{host}{name}_attempt_")
}
