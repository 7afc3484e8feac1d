//! Refusals that anybody can cause by the address that they ask for, as often as they like. Each kind of them has
//! one line in the log a minute.

use crate::call::Call;
use crate::platform::Platform;
use crate::problem::{Failure, Tell};
use crate::session::{self, is_first_of_its_minute};
use crate::store::{Records, StoreFailure};

/// Passes `result` on. What is wrong is logged, if it is the first of its kind in this minute. It is no line less
/// for anybody that a store is away: who needs it says so.
///
/// # Errors
/// With what is wrong.
pub(crate) async fn seldom<T, E: Into<Failure>, P: Platform>(
    call: &Call<'_, P>,
    records: &Records<'_, P>,
    result: Result<T, E>,
) -> Result<T, Failure> {
    let mut failure: Failure = match result {
        Ok(value) => return Ok(value),
        Err(error) => error.into(),
    };
    let _ = note_seldom(call, records, &*failure.error).await;
    failure.is_noted = true;
    Err(failure)
}

/// Logs `error`, if it is the first of its kind in this minute.
///
/// # Errors
/// When the store fails.
pub(super) async fn note_seldom<P: Platform>(
    call: &Call<'_, P>,
    records: &Records<'_, P>,
    error: &dyn Tell,
) -> Result<(), StoreFailure> {
    let kind = error.problem().kind();
    if error.note().is_some() && is_first_of_its_minute(records, kind).await? {
        call.log_error("refusal", error);
        session::sweep_a_little_beside(call, records).await;
    }
    Ok(())
}
