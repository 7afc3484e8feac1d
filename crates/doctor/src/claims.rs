//! What a token says of itself. Nothing is verified here: that is for whom the token is meant.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The claims of a service account's token that Entra compares (RFC 7519, section 4.1).
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    pub(crate) algorithm: String,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) audiences: Vec<String>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) not_before: Option<i64>,
}

impl Claims {
    /// Reads them, if `token` is a JWT.
    pub(crate) fn read(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let header: Value = part(parts.next()?)?;
        let claims: Value = part(parts.next()?)?;
        let text = |value: &Value, name: &str| {
            let text = value.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let time = |name: &str| claims.get(name).and_then(Value::as_f64);
        Some(Self {
            algorithm: text(&header, "alg"),
            issuer: text(&claims, "iss"),
            subject: text(&claims, "sub"),
            audiences: audiences(claims.get("aud")),
            expires_at: time("exp").map(|time| time as i64),
            not_before: time("nbf").map(|time| time as i64),
        })
    }
}

/// One text, or a list of them.
fn audiences(claim: Option<&Value>) -> Vec<String> {
    let several = match claim {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = several.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = Base64UrlUnpadded::decode_vec(text).ok()?;
    serde_json::from_slice(&bytes).ok()
}
