//! Strings that must not be seen: no `Debug`, no `Display`, no `PartialEq`.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A token, key or password. Only [`Secret::reveal`] reads it, so each use is easy to find.
#[derive(Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The secret itself. It may only be sent to its rightful recipient, or sealed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Whether two secrets are equal. The time this takes depends only on their lengths.
pub fn same(left: impl AsRef<[u8]>, right: impl AsRef<[u8]>) -> bool {
    left.as_ref().ct_eq(right.as_ref()).into()
}
