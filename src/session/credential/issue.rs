//! Makes a credential.

use super::list::{Slot, listed, withdraw};
use super::record::{CredentialRecord, USED, used_id};
use crate::platform::Platform;
use crate::session::expiry::{self, Entry};
use crate::session::handle::Handle;
use crate::session::live::Live;
use crate::store::{Records, StoreFailure, store_key};

/// The most live credentials of one grant.
pub const MOST: usize = 10;

/// The outcome of a request for a credential.
pub enum Issue {
    /// It is made. Only the asker has its secret.
    Credential(Box<Live<CredentialRecord>>),
    /// There are already as many as allowed.
    TooMany,
    /// So many were made that the grant's lists are full.
    ListFull,
    /// The session has ended meanwhile.
    Ended,
}

/// Makes a credential that lasts `lifetime` seconds, and no longer than the grant of `session`.
///
/// # Errors
/// When the store fails. What was written by then is swept, and nobody knows a secret that opens
/// it.
pub async fn issue<P: Platform>(
    records: &Records<'_, P>,
    session: &Live,
    name: String,
    lifetime: u64,
) -> Result<Issue, StoreFailure> {
    match make(records, session, name, lifetime).await {
        Err(StoreFailure::ListFull) => Ok(Issue::ListFull),
        other => other,
    }
}

async fn make<P: Platform>(
    records: &Records<'_, P>,
    session: &Live,
    name: String,
    lifetime: u64,
) -> Result<Issue, StoreFailure> {
    let grant = session.record.grant.name();
    let Some(last) = grant.end(records).await? else {
        return Ok(Issue::Ended);
    };
    let list = grant.credentials();
    let slot = list.take(records).await?;
    let created = records.platform.now();
    let handle: Handle<CredentialRecord> = Handle::new(records.platform.bytes32());
    let record = CredentialRecord {
        user: session.record.user.clone(),
        end: created.plus(lifetime).min(last),
        grant: session.record.grant.clone(),
        name: name.clone(),
        created,
        slot,
    };
    let keys = vec![list.slot_key(slot), store_key(USED, &used_id(&grant, slot))];
    expiry::note(records, record.end, &Entry::Keys(keys)).await?;
    let told = Slot {
        name,
        created,
        end: record.end,
        record: handle.store_key(),
    };
    list.put(records, slot, &told).await?;
    if !handle.create(records, &record).await? {
        return Ok(Issue::Ended);
    }
    // Counted after the write: two at once may both withdraw, but there is never one too many.
    if listed(records, &grant).await?.len() > MOST {
        withdraw(records, &grant, slot, told.record).await?;
        return Ok(Issue::TooMany);
    }
    Ok(Issue::Credential(Box::new(Live::new(handle, record))))
}
