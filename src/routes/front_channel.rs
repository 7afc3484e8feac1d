//! `GET /logout/front-channel`: Entra ends a session in a frame (OpenID Connect Front-Channel
//! Logout 1.0).
//!
//! Entra sends only `sid`, and the browser sends no cookie of ours. Whoever knows a `sid` can end
//! what was made with it, and nothing else. The answer is always empty.

use crate::call::Call;
use crate::kubelogin::end_runs;
use crate::log::Event;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::session::{self, Owner};
use crate::settings::{Client, JobService, Reader};
use crate::store::{Keyring, Records};

/// The longest `sid`. Entra's is a GUID, and nobody's is longer than this.
const LONGEST_SID: usize = 128;

struct Settings {
    client: Client,
    keyring: Keyring,
    jobs: Option<JobService>,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let keyring = Keyring::read(reader);
        let jobs = JobService::read(reader);
        Some(Self {
            client: client?,
            keyring: keyring?,
            jobs: jobs?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    if let Err(failure) = sign_out(call, &settings).await {
        call.log_error("fault", &*failure.error);
    }
    Ok(respond::framed(&settings.client.authority_host))
}

async fn sign_out<P: Platform>(call: &Call<'_, P>, settings: &Settings) -> Result<(), Failure> {
    let query = call.request.query();
    let (sid, issuer) = (query.one("sid")?, query.one("iss")?);
    let Some(sid) = sid.filter(|sid| !sid.is_empty() && sid.len() <= LONGEST_SID) else {
        return Ok(());
    };
    if issuer.is_some_and(|issuer| !settings.client.is_issuer(issuer)) {
        return Ok(());
    }
    let records = Records::of(call, &settings.keyring);
    let owner = Owner::sid(records.keyring, sid);
    // Anybody may ask for any `sid`, so one that nobody owns must write nothing to the store.
    if !owner.is_known(&records).await? {
        return Ok(());
    }
    let ended = owner.end_all(&records, None).await?;
    session::sweep_a_little_beside(call, &records).await;
    if !ended.is_empty() {
        let detail = format!("front-channel: {}", ended.len());
        Event {
            outcome: "ok",
            detail: Some(&detail),
            ..call.event("sign_out")
        }
        .log(call.platform);
        end_runs(call, settings.jobs.as_ref(), ended).await;
    }
    Ok(())
}
