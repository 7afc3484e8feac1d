//! Whose places they are.

use serde::{Deserialize, Serialize};

use crate::terms::encoding::sha256;
use crate::terms::{Secret, User};

/// Whose places they are.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Holder(String);

impl Holder {
    /// A person, however often they have signed in.
    pub fn person(user: &User) -> Self {
        Self(user.key())
    }

    /// The same at apps, where a person has other places than at the API server.
    pub fn person_at_apps(user: &User) -> Self {
        Self(["apps", &user.key()].join("\0"))
    }

    /// Whoever has `token`. What it says of its owner is not verified here, so nobody can take
    /// another's places with it.
    pub fn of_token(token: &Secret) -> Self {
        Self(["token", &sha256(token.reveal())].join("\0"))
    }

    /// Tells them from all others.
    pub fn fingerprint(&self) -> String {
        sha256(&self.0)
    }

    /// The id of something of theirs that has this number.
    pub(super) fn id(&self, number: u64) -> Vec<u8> {
        [self.0.as_bytes(), &number.to_be_bytes()].concat()
    }
}
