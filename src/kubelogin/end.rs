//! Ends the runs of sessions that have ended.

use std::time::Duration;

use super::jobs::Jobs;
use crate::call::Call;
use crate::outbound::Outbound;
use crate::platform::Platform;
use crate::session::GrantName;
use crate::settings::JobService;

/// A sign-out waits for the sidecar no longer than this, since a run ends by itself.
const SIGN_OUT: Duration = Duration::from_secs(5);

/// Ends the runs of grants that have ended. A failure is only logged: no run outlives its code, and
/// nobody can ask for what it brings.
pub async fn end_runs<P: Platform>(
    call: &Call<'_, P>,
    service: Option<&JobService>,
    grants: impl IntoIterator<Item = GrantName>,
) {
    let Some(service) = service else {
        return;
    };
    for grant in grants {
        let jobs = Jobs {
            outbound: Outbound::within(call.platform, SIGN_OUT),
            service,
            owner: grant.job_owner(),
        };
        if let Err(failure) = jobs.end().await {
            call.log_error("fault", &*failure.error);
            return;
        }
    }
}
