//! What the bearer token in a kubeconfig opens.

use serde::{Deserialize, Serialize};

use crate::platform::{Platform, UnixTime};
use crate::session::grant::Glance;
use crate::session::grant_id::{GrantId, GrantName};
use crate::session::handle::{Handle, Record};
use crate::session::live::{Found, Live, find, find_all, open_found};
use crate::store::{Records, StoreFailure, store_key};
use crate::terms::User;

/// The kind of the record that says when a credential was last used.
pub(super) const USED: &str = "credential-used";
/// How long that record stays before a use renews it, in seconds; at most a quarter of the idle
/// timeout.
const MARK_INTERVAL: u64 = 60;

/// What the bearer token in a kubeconfig opens.
#[derive(Clone, Deserialize, Serialize)]
pub struct CredentialRecord {
    /// Who asked for it.
    pub user: User,
    /// When it ends.
    pub end: UnixTime,
    /// The grant that it opens.
    pub grant: GrantId,
    /// Its owner's name for it.
    pub name: String,
    /// When it was made.
    pub created: UnixTime,
    /// Its slot in the grant's list.
    pub(super) slot: i64,
}

impl CredentialRecord {
    /// Its id among those of its grant.
    pub fn id(&self) -> i64 {
        self.slot
    }

    /// Where it stands when it was last used.
    fn used_key(&self) -> String {
        store_key(USED, &used_id(&self.grant.name(), self.slot))
    }
}

impl Record for CredentialRecord {
    const KIND: &'static str = "credential";

    fn user(&self) -> &User {
        &self.user
    }

    fn end(&self) -> UnixTime {
        self.end
    }

    fn grant(&self) -> &GrantId {
        &self.grant
    }
}

/// Opens the grant of the credential `handle`, unless it has ended, was revoked, or was not used
/// for `idle` seconds. This use counts.
///
/// # Errors
/// When the store fails, which ends nothing.
pub async fn open<P: Platform>(
    records: &Records<'_, P>,
    handle: Handle<CredentialRecord>,
    idle: Option<u64>,
) -> Result<Option<Live<CredentialRecord>>, StoreFailure> {
    let Some(found) = find(records, handle).await? else {
        return Ok(None);
    };
    let (grant, mark) = (&found.record.grant, found.record.used_key());
    let glance = grant.glance(records, mark, CredentialRecord::AHEAD).await?;
    in_force(records, found, glance, idle).await
}

/// Opens many, as [`open`] does. Two questions, however many there are.
pub async fn open_all<P: Platform>(
    records: &Records<'_, P>,
    handles: Vec<Handle<CredentialRecord>>,
    idle: Option<u64>,
) -> Vec<Found<Live<CredentialRecord>>> {
    let found = find_all(records, handles).await;
    let in_force = async |found, glance| in_force(records, found, glance, idle).await;
    open_found(records, found, CredentialRecord::used_key, in_force).await
}

/// What was found by its handle, unless a `glance` at its grant says that it is not in force. This use counts.
async fn in_force<P: Platform>(
    records: &Records<'_, P>,
    found: Live<CredentialRecord>,
    glance: Glance,
    idle: Option<u64>,
) -> Result<Option<Live<CredentialRecord>>, StoreFailure> {
    if glance.is_closing {
        return Ok(None);
    }
    let record = &found.record;
    let (key, mark) = (record.used_key(), glance.mark.as_deref());
    let used: Option<UnixTime> = records.opened(USED, &key, &[], mark)?;
    let now = records.platform.now();
    let unused = now.since(used.unwrap_or(record.created));
    if idle.is_some_and(|idle| unused >= idle) {
        return Ok(None);
    }
    let interval = idle.map_or(MARK_INTERVAL, |idle| MARK_INTERVAL.min(idle / 4));
    if used.is_none() || unused >= interval {
        let id = used_id(&record.grant.name(), record.slot);
        records.write(USED, &id, &[], &now).await?;
    }
    Ok(Some(found.with(glance.ahead)))
}

pub(super) async fn last_used<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
    slot: i64,
) -> Result<Option<UnixTime>, StoreFailure> {
    records.read(USED, &used_id(grant, slot), &[]).await
}

pub(super) fn used_id(grant: &GrantName, slot: i64) -> Vec<u8> {
    [grant.bytes().as_slice(), &slot.to_be_bytes()].concat()
}
