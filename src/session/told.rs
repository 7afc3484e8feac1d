//! What the store has of a sign-in for its user to see.

use serde::{Deserialize, Serialize};

use super::grant_id::GrantName;
use crate::platform::UnixTime;
use crate::terms::Browser;

/// What a user is told of a sign-in. It opens nothing.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Told {
    /// The name of its grant.
    pub(super) grant: GrantName,
    /// Where the user signed in.
    pub(super) browser: Browser,
    /// When the user signed in.
    pub(super) at: Option<UnixTime>,
    /// When the session ends.
    pub(super) end: Option<UnixTime>,
}

impl Told {
    /// What an older release kept: the grant's name alone.
    pub(super) fn nothing_but(grant: GrantName) -> Self {
        Self {
            grant,
            browser: Browser::default(),
            at: None,
            end: None,
        }
    }
}
