//! Claims: what may happen only once.

use super::SessionError;
use super::attempt::Attempt;
use super::expiry::{self, Entry};
use super::records::Records;
use crate::platform::Platform;

const KIND: &str = "claim";

/// Consumes `attempt`: true for exactly one caller, ever.
///
/// An increment that gives 1 is the one atomic claim that every store has. A store that loses it
/// opens no hole: Entra's code is single-use too, and bound to the verifier.
///
/// # Errors
/// When the store fails; the attempt may then be consumed or not.
pub async fn claim_attempt<P: Platform>(
    records: &Records<'_, P>,
    attempt: &Attempt,
) -> Result<bool, SessionError> {
    let state = attempt.state();
    let id = state.reveal().as_bytes();
    if records.exists(KIND, id).await? {
        return Ok(false);
    }
    expiry::note(records, attempt.end, &Entry::about(&[KIND], id)).await?;
    Ok(records.increment(KIND, id).await? == 1)
}
