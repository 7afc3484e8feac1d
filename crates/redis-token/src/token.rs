//! A token.

use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;

/// A token. There is no `Debug`: it is a password.
pub struct Token {
    secret: String,
    lifetime: Duration,
}

/// The answer of the token endpoint (RFC 6749, section 5.1), as far as it matters.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    /// In seconds.
    expires_in: u64,
}

impl Token {
    /// Reads the body of an answer that grants one.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let answer: Answer = serde_json::from_slice(body).ok()?;
        Some(Self {
            secret: answer.access_token,
            lifetime: Duration::from_secs(answer.expires_in),
        })
    }

    /// The token itself. It may only be sent to Redis.
    pub fn reveal(&self) -> &str {
        &self.secret
    }

    /// The object id of whoever it is for, which Redis calls the user. It is read without any check of the
    /// token: Entra sent it, and Redis checks.
    pub fn object_id(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Claims {
            oid: String,
        }
        let claims = self.secret.split('.').nth(1)?;
        let claims = Base64UrlUnpadded::decode_vec(claims).ok()?;
        serde_json::from_slice(&claims)
            .ok()
            .map(|Claims { oid }| oid)
    }

    /// How long it lives, from when it was granted.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }
}
