//! What is under way in a sealed cookie of its own, several at once.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::platform::{Random, UnixTime};
use crate::settings::CookieSettings;
use crate::store::{Context, Keyring, Opened};
use crate::terms::Secret;
use crate::terms::encoding::{base64url, from_base64url};

/// How many characters of what it is recognised by are in a cookie's name.
const SHOWN: usize = 8;

/// Something that is under way in a cookie of its own.
pub trait Kept: DeserializeOwned + Serialize {
    /// Distinguishes it from everything else that is sealed.
    const KIND: &'static str;

    /// What the names of all such cookies begin with.
    fn prefix(cookies: &CookieSettings) -> String;

    /// The name of its cookie.
    fn name(&self, cookies: &CookieSettings) -> String;

    /// When it is over.
    fn end(&self) -> UnixTime;

    /// The cookie's value.
    fn seal(&self, keyring: &Keyring, cookies: &CookieSettings, random: &impl Random) -> Secret {
        let name = self.name(cookies);
        // A struct of strings and numbers always serialises.
        let json = zeroize::Zeroizing::new(serde_json::to_vec(self).unwrap_or_default());
        let context = context(Self::KIND, &name);
        Secret::new(base64url(&keyring.seal(&context, &json, random)))
    }

    /// Opens the cookie `name` with the value `sealed`, whether or not it is over. Nothing if it does
    /// not open.
    fn open(keyring: &Keyring, name: &str, sealed: &str) -> Option<Self> {
        let sealed = from_base64url(sealed)?;
        let Opened::Plain(json) = keyring.open(&context(Self::KIND, name), &sealed) else {
            return None;
        };
        serde_json::from_slice(&json).ok()
    }
}

/// The name of a cookie of this prefix for what is recognised by `id`, which is of base64url.
pub(super) fn name(prefix: &str, id: &str) -> String {
    let shown: String = id.chars().take(SHOWN).collect();
    format!("{prefix}{shown}")
}

/// Whether [`name`] could have made this.
pub(super) fn is_name(prefix: &str, name: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    name.strip_prefix(prefix)
        .is_some_and(|shown| shown.len() == SHOWN && shown.bytes().all(is_base64url))
}

fn context<'a>(kind: &'a str, name: &'a str) -> Context<'a> {
    Context {
        kind,
        name,
        salt: &[],
    }
}
