//! Successful token answers (RFC 6749, section 5.1).

use serde::{Deserialize, Deserializer};

use crate::terms::Secret;

/// The answer of the token endpoint.
#[derive(Deserialize)]
pub struct TokenAnswer {
    /// The token for the first resource of the requested scope.
    pub access_token: Secret,
    /// Its life in seconds.
    #[serde(deserialize_with = "number")]
    pub expires_in: u64,
    /// After how many seconds Entra wants it to be refreshed.
    #[serde(default, deserialize_with = "optional_number")]
    pub refresh_in: Option<u64>,
    /// What was granted, separated by spaces.
    #[serde(default)]
    pub scope: String,
    /// Only with `openid`.
    pub id_token: Option<Secret>,
    /// Only with `offline_access`. Each use brings a new one; the old one stays valid.
    pub refresh_token: Option<Secret>,
}

fn optional_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    number(deserializer).map(Some)
}

/// A number, or a string that holds one, which older endpoints send.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Plain(u64),
        Text(String),
    }
    match Number::deserialize(deserializer)? {
        Number::Plain(number) => Ok(number),
        Number::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}
