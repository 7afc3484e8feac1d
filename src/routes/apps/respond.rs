//! `/-/apps/…`: requests that were rewritten from an app's host.

use verdict::{Audit, Ended};

use super::access::{Access, Carriage};
use super::case::Decided;
use super::error::AppError;
use super::settings::Settings;
use crate::call::Call;
use crate::carrier::{self, Stopped, pace};
use crate::log;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::Response;

/// Answers a request for an app; `None` if its answer was carried.
///
/// # Errors
/// When it is not carried. Only carried requests have an audit line.
pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Option<Response>, Failure> {
    let begun = call.platform.monotonic();
    let settings = call.settings(Settings::read)?;
    let records = settings.app.records(call);
    let access = Access {
        call,
        request: call.request,
        settings: &settings,
        records: &records,
        carriage: Carriage::Here,
    };
    let mut audit = Audit::begin("app", call.route, &call.id);
    let decided = access.decide(&mut audit).await?;
    let mut case = match decided {
        Decided::Answer(response) => return Ok(Some(response)),
        Decided::Case(case) => case,
    };
    let (forward, rules) = (case.forward(), case.rules(pace::LOOK));
    case.take_place().await?;
    let carried = carrier::carry(call.platform, forward, &rules, &mut *case).await;
    case.close().await;
    let ended: Ended = carried.map_err(|stopped| match stopped {
        Stopped::Refused(failure) => failure,
        Stopped::Fault(fault) => AppError::of(fault, rules.body.most).into(),
    })?;
    audit.ended(&ended);
    let lasted = call.platform.monotonic().saturating_sub(begun);
    audit.milliseconds = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX);
    log::write(call.platform, &audit);
    Ok(None)
}
