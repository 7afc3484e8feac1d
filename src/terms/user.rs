//! Who somebody is.

use serde::{Deserialize, Serialize};

/// A user, from a validated ID token. `tid` and `oid` are the identity. The rest is for people.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct User {
    /// The tenant.
    pub tid: String,
    /// The user's object id in that tenant.
    pub oid: String,
    /// The display name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The user's name for their account. It can change, so it is never compared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub preferred_username: Option<String>,
    /// The e-mail address, if Entra says that the owner of its domain has verified it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub email: Option<String>,
    /// Entra's opaque hint for the account, if the registration asks for that claim.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub login_hint: Option<String>,
}

impl User {
    /// Whether both are the same person, by `tid` and `oid` alone.
    pub fn is(&self, other: &Self) -> bool {
        self.tid == other.tid && self.oid == other.oid
    }

    /// The identity as one text.
    pub fn key(&self) -> String {
        [self.tid.as_str(), &self.oid].join("\0")
    }

    /// The account's name for people; the object id if it has no other name.
    pub fn display_name(&self) -> &str {
        self.preferred_username
            .as_deref()
            .or(self.name.as_deref())
            .unwrap_or(&self.oid)
    }

    /// The hint that tells Entra which account is meant.
    pub fn sign_in_hint(&self) -> Option<&str> {
        self.login_hint
            .as_deref()
            .or(self.preferred_username.as_deref())
    }
}

/// Whether this is the name that Entra makes up for a guest.
pub fn is_guest(upn: &str) -> bool {
    upn.to_ascii_lowercase().contains("#ext#")
}
