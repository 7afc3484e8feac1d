//! Claims on what may happen only once.

use super::attempt::Attempt;
use super::expiry::{self, Entry};
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure, store_key};

const ATTEMPT: &str = "claim";

/// Consumes `attempt`: true for exactly one caller, ever. After a try at which Entra did not know the
/// proxy itself, [`Attempt::after_try`] gives one that can be consumed once more.
///
/// # Errors
/// When the store fails; the attempt may then be consumed or not.
pub async fn claim_attempt<P: Platform>(
    records: &Records<'_, P>,
    attempt: &Attempt,
) -> Result<bool, StoreFailure> {
    let id = attempt.claim_id();
    let id = id.reveal().as_bytes();
    if records.exists(ATTEMPT, id).await? {
        return Ok(false);
    }
    claim(records, ATTEMPT, id, attempt.end, Vec::new()).await
}

/// Claims (`kind`, `id`): true for exactly one caller until `end`. `beside` are keys that may be
/// written beside the claim. They are swept with it.
///
/// An increment that gives 1 is the one atomic claim that every store has. A store that loses it
/// opens no hole. Entra's code is also single-use and bound to the verifier, and older refresh
/// tokens stay valid. Callers first ask whether the claim exists, so that it is not noted in vain.
pub(super) async fn claim<P: Platform>(
    records: &Records<'_, P>,
    kind: &str,
    id: &[u8],
    end: UnixTime,
    beside: Vec<String>,
) -> Result<bool, StoreFailure> {
    let keys = [vec![store_key(kind, id)], beside].concat();
    expiry::note(records, end, &Entry::Keys(keys)).await?;
    Ok(records.increment(kind, id).await? == 1)
}
