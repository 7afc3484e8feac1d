//! Logs the requests for AKS tokens.

use super::failure::AksFailure;
use crate::call::Call;
use crate::log::Event;
use crate::platform::Platform;
use crate::session::Holder;

/// Logs the outcome of a request for the token of `holder`, as `event`: the failure, if it has failed.
pub fn log<P: Platform>(
    call: &Call<'_, P>,
    event: &'static str,
    holder: &Holder<'_>,
    failure: Option<&AksFailure>,
) {
    let detail = failure.and_then(AksFailure::detail);
    Event {
        outcome: failure.map_or("ok", AksFailure::name),
        session: Some(holder.fingerprint.clone()),
        entra: failure.and_then(AksFailure::entra),
        detail: detail.as_deref(),
        ..call.event(event).of(holder.user)
    }
    .log(call.platform);
}
