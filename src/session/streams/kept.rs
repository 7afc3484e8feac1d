//! How long a note stays in the store.

use crate::platform::{Platform, UnixTime};
use crate::session::expiry::{self, Entry};
use crate::store::{Records, StoreFailure};

/// In seconds. A note is then kept anew, if it is still needed.
const KEPT: u64 = 3600;

/// Has the note at `key` removed in time, unless it is kept until `kept_until` already. Returns until when it is
/// kept.
pub(super) async fn keep<P: Platform>(
    records: &Records<'_, P>,
    key: String,
    kept_until: UnixTime,
) -> Result<UnixTime, StoreFailure> {
    let now = records.platform.now();
    if now < kept_until {
        return Ok(kept_until);
    }
    let until = now.plus(KEPT);
    expiry::note(records, until, &Entry::Keys(vec![key])).await?;
    Ok(until)
}
