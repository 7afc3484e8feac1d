//! What a sign-in says of a user to apps: a record of the grant, which every app cookie of it shares.

use serde::{Deserialize, Serialize};

use super::grant_id::GrantId;
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure};
use crate::terms::User;

/// The kind of the record.
pub(super) const CLAIMS: &str = "claims";

/// What the last ID token said of the user, of a sign-in or of a refresh. Its groups are all of them, also where the
/// token had no room for them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Claims {
    /// Who it is.
    pub user: User,
    /// The user principal name; nothing for a guest.
    pub upn: Option<String>,
    /// The object ids of the user's groups.
    pub groups: Vec<String>,
    /// The user's app roles of our registration.
    pub roles: Vec<String>,
    /// When that was.
    #[serde(default)]
    pub at: UnixTime,
}

impl GrantId {
    /// What apps are told of the user; nothing if the grant has ended, or if its sign-in was not for
    /// apps.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn claims<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<Claims>, StoreFailure> {
        records
            .read(CLAIMS, self.name().bytes(), self.bytes())
            .await
    }

    /// Replaces what apps are told. Only sign-ins do this, and whoever has the lease on the grant's tokens.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn write_claims<P: Platform>(
        &self,
        records: &Records<'_, P>,
        claims: &Claims,
    ) -> Result<(), StoreFailure> {
        records
            .write(CLAIMS, self.name().bytes(), self.bytes(), claims)
            .await
    }
}
