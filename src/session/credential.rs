//! Client credentials: the bearers in kubeconfigs. A credential is a handle of a kind of its own on the
//! grant of the session that asked for it, and stands in the grant's list of credentials, so that its
//! owner sees it there and can revoke it.

use serde::{Deserialize, Serialize};

use super::SessionError;
use super::expiry::{self, Entry};
use super::grant::{GrantId, GrantName};
use super::handle::{Handle, Record};
use super::keys::store_key;
use super::list::{List, ListKind};
use super::live::Live;
use super::records::Records;
use crate::platform::{Platform, UnixTime};
use crate::terms::User;

/// The most credentials of one grant that live at once.
pub const MOST: usize = 10;

/// A grant's credentials, those among them that have ended.
const CREDENTIALS: ListKind = ListKind {
    counter: "credentials",
    slot: "credential-slot",
    bound: 100,
};
/// When a credential was used last: beside its slot.
const USED: &str = "credential-used";
/// That is noted at most so often, in seconds, and at least four times in an idle timeout.
const MARK_INTERVAL: u64 = 60;

/// What the bearer in a kubeconfig opens.
#[derive(Clone, Deserialize, Serialize)]
pub struct CredentialRecord {
    /// Who asked for it.
    pub user: User,
    /// When it ends.
    pub end: UnixTime,
    /// The grant that it opens.
    pub grant: GrantId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created: UnixTime,
    /// Its place in the grant's list.
    slot: i64,
}

impl CredentialRecord {
    /// Names it among those of its grant.
    pub fn id(&self) -> i64 {
        self.slot
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

/// A credential in its grant's list, as its owner sees it.
pub struct Listed {
    /// Names it among those of its grant.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created: UnixTime,
    /// When it ends.
    pub end: UnixTime,
    /// When it was used last, to a minute.
    pub last_used: Option<UnixTime>,
}

/// What became of the wish for a credential.
pub enum Issue {
    /// It is there, and nobody but the asker has its secret.
    Credential(Box<Live<CredentialRecord>>),
    /// As many as may be are there already.
    TooMany,
    /// So many have been made that the grant's lists are full.
    ListFull,
    /// The session has ended meanwhile.
    Ended,
}

/// A slot: what is told of a credential without its secret.
#[derive(Deserialize, Serialize)]
struct Slot {
    name: String,
    created: UnixTime,
    end: UnixTime,
    /// The store key of the credential's record.
    record: String,
}

/// Makes a credential that lasts `lifetime` seconds, and no longer than the grant of `session`.
///
/// # Errors
/// When the store fails; what was written by then opens nothing that anybody knows, and is swept.
pub async fn issue<P: Platform>(
    records: &Records<'_, P>,
    session: &Live,
    name: String,
    lifetime: u64,
) -> Result<Issue, SessionError> {
    match make(records, session, name, lifetime).await {
        Err(SessionError::ListFull) => Ok(Issue::ListFull),
        other => other,
    }
}

async fn make<P: Platform>(
    records: &Records<'_, P>,
    session: &Live,
    name: String,
    lifetime: u64,
) -> Result<Issue, SessionError> {
    let grant = session.record.grant.name();
    let Some(last) = grant.end(records).await? else {
        return Ok(Issue::Ended);
    };
    let list = list_of(&grant);
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
    // Counted after the write: of two at once both may withdraw, and never is there one too many.
    if listed(records, &grant).await?.len() > MOST {
        withdraw(records, &grant, slot, told.record).await?;
        return Ok(Issue::TooMany);
    }
    Ok(Issue::Credential(Box::new(Live { handle, record })))
}

/// Opens the grant of the credential `handle`, unless it has ended, was revoked, or was not used for
/// `idle` seconds; this use counts.
///
/// # Errors
/// When the store fails, which ends nothing.
pub async fn open<P: Platform>(
    records: &Records<'_, P>,
    handle: Handle<CredentialRecord>,
    idle: Option<u64>,
) -> Result<Option<Live<CredentialRecord>>, SessionError> {
    let Some(record) = handle.record(records).await? else {
        return Ok(None);
    };
    let grant = record.grant.name();
    if grant.is_closing(records).await? {
        return Ok(None);
    }
    let used = last_used(records, &grant, record.slot).await?;
    let now = records.platform.now();
    let unused = now.since(used.unwrap_or(record.created));
    if idle.is_some_and(|idle| unused >= idle) {
        return Ok(None);
    }
    let interval = idle.map_or(MARK_INTERVAL, |idle| MARK_INTERVAL.min(idle / 4));
    if used.is_none() || unused >= interval {
        let id = used_id(&grant, record.slot);
        records.write(USED, &id, &[], &now).await?;
    }
    Ok(Some(Live { handle, record }))
}

/// The credentials of `grant` that are in force, the oldest first.
///
/// # Errors
/// When the store fails.
pub async fn listed<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
) -> Result<Vec<Listed>, SessionError> {
    let (list, now) = (list_of(grant), records.platform.now());
    let mut credentials = Vec::new();
    for id in 1..=list.length(records).await? {
        let Some(slot) = list.get::<P, Slot>(records, id).await? else {
            continue;
        };
        // Whoever crashed while making or revoking one has left a slot without a record.
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
/// When the store fails; to ask again goes on where this stopped.
pub async fn revoke<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
    id: i64,
) -> Result<bool, SessionError> {
    let list = list_of(grant);
    if !(1..=list.length(records).await?).contains(&id) {
        return Ok(false);
    }
    let Some(slot) = list.get::<P, Slot>(records, id).await? else {
        return Ok(false);
    };
    withdraw(records, grant, id, slot.record).await?;
    Ok(true)
}

/// The record goes first: from then on the bearer opens nothing.
async fn withdraw<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
    slot: i64,
    record: String,
) -> Result<(), SessionError> {
    let used = store_key(USED, &used_id(grant, slot));
    let keys = [record, list_of(grant).slot_key(slot), used];
    records.delete_keys(&keys).await
}

/// The store key of the counter of the grant's credentials.
pub(super) fn counter_key(grant: &GrantName) -> String {
    list_of(grant).counter_key()
}

async fn last_used<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
    slot: i64,
) -> Result<Option<UnixTime>, SessionError> {
    records.read(USED, &used_id(grant, slot), &[]).await
}

fn list_of(grant: &GrantName) -> List {
    List::new(CREDENTIALS, *grant.bytes())
}

fn used_id(grant: &GrantName, slot: i64) -> Vec<u8> {
    [grant.bytes().as_slice(), &slot.to_be_bytes()].concat()
}
