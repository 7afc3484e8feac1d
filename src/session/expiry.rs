//! What has to go, and when: an hourly list of expiry entries, for a sweep.
//!
//! The store forgets nothing by itself. Whoever writes a key first writes an entry, which stands in
//! the hour in which the key ends and never moves. A crash in between leaves an entry about nothing.

use serde::{Deserialize, Serialize};

use super::SessionError;
use super::keys::store_key;
use super::records::Records;
use crate::platform::{Platform, UnixTime};

/// The kind of the counter that hands out an hour's slot numbers.
const COUNTER: &str = "expiries";
/// The kind of an entry.
const ENTRY: &str = "expiry";
/// The most entries of one hour.
const BOUND: i64 = 10_000_000;

/// One entry: the keys that may go once its hour is over.
#[derive(Deserialize, Serialize)]
pub(super) struct Entry {
    /// Store keys.
    pub(super) keys: Vec<String>,
    /// The store key of the end of the grant that these keys are about: an entry about a grant that
    /// ends later is only dropped. Not the grant's id, which opens its records.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) grant_end: Option<String>,
}

impl Entry {
    /// An entry about records of these kinds and this id.
    pub(super) fn about(kinds: &[&str], id: &[u8]) -> Self {
        let keys = kinds.iter().map(|kind| store_key(kind, id)).collect();
        Self {
            keys,
            grant_end: None,
        }
    }
}

/// Writes `entry` into the list of the hour of `end`.
pub(super) async fn note<P: Platform>(
    records: &Records<'_, P>,
    end: UnixTime,
    entry: &Entry,
) -> Result<(), SessionError> {
    let hour = end.0 / 3600;
    let slot = records
        .increment(COUNTER, hour.to_string().as_bytes())
        .await?;
    if slot > BOUND {
        return Err(SessionError::ListFull);
    }
    records
        .write(ENTRY, format!("{hour}/{slot}").as_bytes(), &[], entry)
        .await
}
