//! Tickets: what a tunnel holds of a connection that it carries. It presents the ticket to ask
//! whether the connection may go on. It cannot read the ticket.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keyring::{Context, Keyring, Opened};
use crate::platform::Random;
use crate::terms::Secret;
use crate::terms::encoding::{base64url, from_base64url};

const CONTEXT: Context<'static> = Context {
    kind: "ticket",
    name: "ticket",
    salt: &[],
};

/// A sealed value, as text.
#[derive(Clone)]
pub struct Ticket(Secret);

impl Ticket {
    /// Seals `value`.
    pub fn seal<T: Serialize>(keyring: &Keyring, value: &T, random: &impl Random) -> Self {
        // Structs of strings and numbers always serialise.
        let json = zeroize::Zeroizing::new(serde_json::to_vec(value).unwrap_or_default());
        Self(Secret::new(base64url(
            &keyring.seal(&CONTEXT, &json, random),
        )))
    }

    /// One that is presented.
    pub fn presented(text: &str) -> Self {
        Self(Secret::new(text))
    }

    /// Its text, which is for whoever carries the request.
    pub fn text(&self) -> &str {
        self.0.reveal()
    }

    /// The sealed value; nothing if we did not seal it, or sealed it as something else.
    pub fn open<T: DeserializeOwned>(&self, keyring: &Keyring) -> Option<T> {
        let sealed = from_base64url(self.0.reveal())?;
        let Opened::Plain(json) = keyring.open(&CONTEXT, &sealed) else {
            return None;
        };
        serde_json::from_slice(&json).ok()
    }
}
