//! The credentials of a grant, as their owner sees them. Each can be revoked.

use serde::{Deserialize, Serialize};

use super::record::{USED, last_used, used_id};
use crate::platform::{Platform, UnixTime};
use crate::session::grant_id::GrantName;
use crate::store::{Records, StoreFailure, store_key};

/// A credential in its grant's list, as its owner sees it.
pub struct Listed {
    /// Its id among those of its grant.
    pub id: i64,
    /// Its owner's name for it.
    pub name: String,
    /// When it was made.
    pub created: UnixTime,
    /// When it ends.
    pub end: UnixTime,
    /// When it was last used, to a minute.
    pub last_used: Option<UnixTime>,
}

/// A slot: a credential without its secret.
#[derive(Deserialize, Serialize)]
pub(super) struct Slot {
    pub(super) name: String,
    pub(super) created: UnixTime,
    pub(super) end: UnixTime,
    /// The store key of the credential's record.
    pub(super) record: String,
}

/// The credentials of `grant` that are in force, the oldest first.
///
/// # Errors
/// When the store fails.
pub async fn listed<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
) -> Result<Vec<Listed>, StoreFailure> {
    let (list, now) = (grant.credentials(), records.platform.now());
    let mut credentials = Vec::new();
    for id in 1..=list.length(records).await? {
        let Some(slot) = list.get::<P, Slot>(records, id).await? else {
            continue;
        };
        // A crash while one was made or revoked leaves a slot without a record.
        if slot.end > now && records.has_key(&slot.record).await? {
            credentials.push(Listed {
                id,
                name: slot.name,
                created: slot.created,
                end: slot.end,
                last_used: last_used(records, grant, id).await?,
            });
        }
    }
    Ok(credentials)
}

/// Ends the credential `id` of `grant`. False if there is none.
///
/// # Errors
/// When the store fails; a repetition continues where this stopped.
pub async fn revoke<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
    id: i64,
) -> Result<bool, StoreFailure> {
    let list = grant.credentials();
    if !(1..=list.length(records).await?).contains(&id) {
        return Ok(false);
    }
    let Some(slot) = list.get::<P, Slot>(records, id).await? else {
        return Ok(false);
    };
    withdraw(records, grant, id, slot.record).await?;
    Ok(true)
}

/// Deletes the record first: from then on the bearer token opens nothing.
pub(super) async fn withdraw<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
    slot: i64,
    record: String,
) -> Result<(), StoreFailure> {
    let used = store_key(USED, &used_id(grant, slot));
    let keys = [record, grant.credentials().slot_key(slot), used];
    records.delete_keys(&keys).await
}
