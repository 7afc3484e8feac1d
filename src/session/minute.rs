//! What happens once a minute, in all replicas together.

use super::claim::claim;
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure};

const KIND: &str = "minute";
const MINUTE: u64 = 60;

/// Whether this is the first time in this minute that anybody asks about `what`, a word of the code.
///
/// # Errors
/// When the store fails.
pub async fn is_first_of_its_minute<P: Platform>(
    records: &Records<'_, P>,
    what: &'static str,
) -> Result<bool, StoreFailure> {
    let minute = records.platform.now().0 / MINUTE;
    let id = format!("{what} {minute}");
    if records.exists(KIND, id.as_bytes()).await? {
        return Ok(false);
    }
    let end = UnixTime((minute + 1) * MINUTE);
    claim(records, KIND, id.as_bytes(), end, Vec::new()).await
}
