//! What expires, and when: a list of entries for each hour. [`super::sweep()`] works them off.
//!
//! The store forgets nothing by itself. Before a key is written, an entry is written into the list
//! of the hour in which the key ends. It never moves. A crash in between leaves an entry about
//! nothing. Several entries about one key are harmless.

use serde::{Deserialize, Serialize};

use super::grant_id::GrantName;
use crate::platform::{Platform, UnixTime};
use crate::store::{List, ListKind, Records, StoreFailure, store_key};

const EXPIRIES: ListKind = ListKind {
    counter: "expiries",
    slot: "expiry",
    bound: 10_000_000,
};

/// What may be deleted once its hour is over.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    /// The keys of records and counters.
    Keys(Vec<String>),
    /// All records of a grant, unless the grant now ends later. Then there is a later entry too.
    Grant(GrantName),
}

/// The hour of `moment`, counted since 1970.
pub(super) fn hour(moment: UnixTime) -> u64 {
    moment.0 / 3600
}

/// The entries of an hour.
pub(super) fn entries(hour: u64) -> List {
    List::new(EXPIRIES, hour.to_be_bytes())
}

/// Writes `entry` into the list of the hour of `end`.
pub(super) async fn note<P: Platform>(
    records: &Records<'_, P>,
    end: UnixTime,
    entry: &Entry,
) -> Result<(), StoreFailure> {
    let entries = entries(hour(end));
    let slot = entries.take(records).await?;
    entries.put(records, slot, entry).await
}

/// Writes a record that nobody needs after `end`. The sweep deletes it then.
///
/// # Errors
/// When the store fails.
pub async fn write_until<P: Platform, T: Serialize>(
    records: &Records<'_, P>,
    end: UnixTime,
    kind: &str,
    id: &[u8],
    record: &T,
) -> Result<(), StoreFailure> {
    note(records, end, &Entry::Keys(vec![store_key(kind, id)])).await?;
    records.write(kind, id, &[], record).await
}
