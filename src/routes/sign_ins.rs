//! `/sign-ins`: the user's sign-ins. `GET` lists them. `DELETE ?id=` ends another one, and
//! `DELETE ?others=1` all others. A form, which can only post, does the same with `POST`.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::addresses::SIGN_INS;
use crate::call::Call;
use crate::gate::{Gate, SessionSettings};
use crate::kubelogin::end_runs;
use crate::log::Event;
use crate::pages::{self, View};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::{BadRequest, Parameters};
use crate::respond::{self, Response};
use crate::session::sign_ins::{self, Listed, NoSuchSignIn};
use crate::session::{self, GrantName, Live, Owner};
use crate::settings::{JobService, Reader, Site};
use crate::store::Records;

struct Settings {
    site: Site,
    sessions: SessionSettings,
    jobs: Option<JobService>,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let site = Site::read(reader);
        let sessions = SessionSettings::read(reader);
        let jobs = JobService::read(reader);
        Some(Self {
            site: site?,
            sessions: sessions?,
            jobs: jobs?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let lists = call.request.method == Method::GET;
    if !lists {
        call.request.must_be_from(&settings.site.origin)?;
    }
    let gate = Gate::new(call, &settings.sessions);
    let session = gate.require().await?;
    if lists {
        let longest = settings.sessions.lifetimes.absolute;
        let listed = sign_ins::listed(&gate.records, &session, longest).await?;
        if call.request.wants_html() {
            return Ok(pages::sign_ins(&View::of(call)?, &listed));
        }
        let listed: Vec<Value> = listed.iter().map(told).collect();
        return Ok(respond::json(200, &json!({ "sign_ins": listed })));
    }
    end(call, &settings, &gate.records, &session).await
}

fn told(sign_in: &Listed) -> Value {
    json!({
        "id": sign_in.id,
        "browser": sign_in.browser.name,
        "system": sign_in.browser.system,
        "signed_in_at": sign_in.at.map(|moment| moment.rfc3339()),
        "last_used_at": sign_in.last_used.map(|moment| moment.rfc3339()),
        "expires_at": sign_in.end.rfc3339(),
        "current": sign_in.current,
    })
}

async fn end<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    records: &Records<'_, P>,
    session: &Live,
) -> Result<Response, Failure> {
    let (query, form) = (call.request.query(), call.form().await?);
    let back = form.return_path()?;
    let ended = match Which::read(&query, &form)? {
        Which::One(id) => {
            let longest = settings.sessions.lifetimes.absolute;
            let ended = sign_ins::end(records, session, longest, &id).await?;
            vec![ended.ok_or(NoSuchSignIn)?]
        }
        Which::Others => {
            let owner = Owner::user(records.keyring, &session.record.user);
            owner.end_all(records, Some(session)).await?
        }
    };
    log(call, session, &ended);
    session::sweep_beside(call, records).await;
    end_runs(call, settings.jobs.as_ref(), ended).await;
    if call.request.wants_html() {
        let back = back.as_ref().map_or(SIGN_INS, |back| back.as_str());
        return Ok(respond::redirect(StatusCode::SEE_OTHER, back));
    }
    Ok(respond::empty())
}

fn log<P: Platform>(call: &Call<'_, P>, session: &Live, ended: &[GrantName]) {
    let detail = format!("others: {}", ended.len());
    Event {
        outcome: "ok",
        detail: Some(&detail),
        ..session.about(call.event("sign_out"))
    }
    .log(call.platform);
}

/// Which sign-ins are to be ended.
enum Which {
    /// The one of this id.
    One(String),
    /// All but the one that asks.
    Others,
}

impl Which {
    fn read(query: &Parameters, form: &Parameters) -> Result<Self, BadRequest> {
        let id = query.one("id")?.or(form.one("id")?);
        let others = query.one("others")?.or(form.one("others")?);
        match (id, others) {
            (Some(id), None) => Ok(Self::One(id.to_owned())),
            (None, Some("1")) => Ok(Self::Others),
            (_, Some(_)) => Err(BadRequest::Parameter(
                "others",
                "can only be 1, and not beside an id",
            )),
            (None, None) => Err(BadRequest::Parameter(
                "id",
                "must be one of those that GET lists",
            )),
        }
    }
}
