//! One request to the API server and its answer: `/k8s/…`. It is decided on, and carried as decided.

use std::borrow::Cow;

use verdict::{Audit, Ended};

use super::access::Access;
use super::admit::Asked;
use super::audit;
use super::case::{Asking, Case};
use super::error::KubernetesError;
use super::settings::Settings;
use crate::call::Call;
use crate::carrier::{self, Stopped, pace};
use crate::log;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::Response;
use crate::store::Records;

/// Answers a request to the API server; nothing if its answer was carried.
///
/// # Errors
/// Never: a client of Kubernetes gets a `Status`, and each request has its own line in the log.
pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Option<Response>, Failure> {
    let begun = call.platform.monotonic();
    let mut audit = Audit::begin("kubernetes", call.route, &call.id);
    let outcome = pass(call, &mut audit).await;
    let lasted = call.platform.monotonic().saturating_sub(begun);
    audit.milliseconds = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX);
    let response = match outcome {
        Ok(ended) => {
            audit.ended(&ended);
            None
        }
        Err(failure) => Some(audit::refused(&mut audit, &*failure.error)),
    };
    log::write(call.platform, &audit);
    Ok(response)
}

async fn pass<P: Platform>(call: &Call<'_, P>, audit: &mut Audit) -> Result<Ended, Failure> {
    let (request, headers) = (call.request, &call.request.headers);
    let asked = Asked::read(&request.method, &request.target, headers, audit)?;
    let settings = call.settings(Settings::read)?;
    let records = Records::of(call, &settings.keyring);
    let access = Access {
        call,
        settings: &settings,
        records: &records,
    };
    let asking = Asking {
        method: &request.method,
        headers: Cow::Borrowed(headers),
        authority: &request.authority,
        asked,
        plain: true,
    };
    let mut case = Case::open(&access, asking, audit).await?;
    let (forward, rules) = (case.forward()?, case.rules(pace::LOOK));
    case.take_place().await?;
    let carried = carrier::carry(call.platform, forward, &rules, &mut case).await;
    case.close().await;
    carried.map_err(|stopped| match stopped {
        Stopped::Refused(failure) => failure,
        Stopped::Fault(fault) => KubernetesError::of(fault, rules.body.most).into(),
    })
}
