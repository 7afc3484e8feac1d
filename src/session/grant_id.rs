//! The ids and names of grants.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::terms::encoding;

/// A grant's id: 256 bits that only the records of its handles hold. It opens the tokens.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct GrantId([u8; 32]);

/// SHA-256 of a grant's id. It names the grant's records, so it is enough to end or sweep the
/// grant. It opens no token.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct GrantName([u8; 32]);

impl GrantId {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The grant's name, which opens nothing.
    pub fn name(&self) -> GrantName {
        GrantName(Sha256::digest(self.0).into())
    }

    /// The id itself.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl GrantName {
    /// The name itself.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

macro_rules! written_as_base64url {
    ($type:ident) => {
        impl From<$type> for String {
            fn from(id: $type) -> Self {
                encoding::base64url(&id.0)
            }
        }

        impl TryFrom<String> for $type {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                encoding::bytes32(&text)
                    .map(Self)
                    .ok_or("not 32 bytes of base64url")
            }
        }
    };
}

written_as_base64url!(GrantId);
written_as_base64url!(GrantName);
