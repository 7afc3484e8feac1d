//! `/logout`: `GET` asks, and `POST` signs out, so that no link or image can sign anyone out.

use std::iter;

use http::{Method, StatusCode};
use serde_json::json;
use url::Url;

use crate::call::Call;
use crate::entra::authorize::end_session;
use crate::gate::{Gate, SessionSettings};
use crate::kubelogin::end_runs;
use crate::log::Event;
use crate::pages::{self, View};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::{self, Response};
use crate::session::{self, Handle, Live, Owner, cookies};
use crate::settings::{Client, JobService, Reader, Site};
use crate::store::{Records, StoreFailure};
use crate::terms::Origin;

/// The most sessions that one request ends. Each costs the store a read, whoever asks.
const MOST: usize = 5;

struct Settings {
    client: Client,
    site: Site,
    after: Url,
    sessions: SessionSettings,
    jobs: Option<JobService>,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let site = Site::read(reader);
        let after = Site::read_after_logout(site.as_ref(), reader);
        let sessions = SessionSettings::read(reader);
        let jobs = JobService::read(reader);
        Some(Self {
            client: client?,
            site: site?,
            after: after?,
            sessions: sessions?,
            jobs: jobs?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let gate = Gate::new(call, &settings.sessions);
    if call.request.method == Method::GET {
        let session = gate.session().await?;
        return ask(call, &settings, session.as_ref());
    }
    call.request.must_be_from(&settings.site.origin)?;
    let handles: Vec<_> =
        cookies::session_handles(call.request, &settings.sessions.cookies).collect();
    let sessions = sessions(&gate.records, &handles).await?;
    let wishes = Wishes::read(call, !sessions.is_empty()).await?;
    for session in &sessions {
        sign_out(call, &settings, &gate.records, session, wishes.everywhere).await?;
    }
    if !sessions.is_empty() {
        session::sweep_beside(call, &gate.records).await;
    }
    if handles.len() > MOST {
        return Err(BadRequest::TooManyCookies(MOST).into());
    }
    let mut response = if wishes.entra {
        let last = sessions.last();
        let hint = last.and_then(|session| session.record.user.login_hint.as_deref());
        let address = end_session(&settings.client, settings.after.as_str(), hint);
        respond::redirect(StatusCode::SEE_OTHER, &address)
    } else if call.request.wants_html() {
        pages::signed_out(&View::of(call)?)
    } else {
        respond::json(200, &json!({ "signed_out": true }))
    };
    respond::add_cookie(
        &mut response,
        &cookies::clear_session(&settings.sessions.cookies),
    );
    Ok(response)
}

/// The sessions of the handles that came: a cookie that a sibling host has planted must not save the
/// real one. One that has idled out is among them.
async fn sessions<P: Platform>(
    records: &Records<'_, P>,
    handles: &[Handle],
) -> Result<Vec<Live>, StoreFailure> {
    let mut sessions = Vec::new();
    for handle in handles.iter().take(MOST) {
        sessions.extend(session::find(records, handle.clone()).await?);
    }
    Ok(sessions)
}

/// Ends `session`, and, if the user wants that, all others of the same user.
async fn sign_out<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    records: &Records<'_, P>,
    session: &Live,
    everywhere: bool,
) -> Result<(), StoreFailure> {
    let mut ended = Vec::new();
    if everywhere {
        let owner = Owner::user(records.keyring, &session.record.user);
        ended = owner.end_all(records, Some(session)).await?;
    }
    session::end(records, &session.holder()).await?;
    let detail = everywhere.then(|| format!("everywhere: {} others", ended.len()));
    ended.push(session.record.grant.name());
    end_runs(call, settings.jobs.as_ref(), ended).await;
    Event {
        outcome: "ok",
        detail: detail.as_deref(),
        ..session.about(call.event("sign_out"))
    }
    .log(call.platform);
    Ok(())
}

fn ask<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    session: Option<&Live>,
) -> Result<Response, Failure> {
    if call.request.wants_html() {
        let user = session.map(|session| &session.record.user);
        let after = Origin::of(&settings.after);
        let leads_to: Vec<_> = iter::once(&settings.client.authority_host)
            .chain(&after)
            .collect();
        return Ok(pages::confirm_sign_out(&View::of(call)?, user, &leads_to));
    }
    let detail = "POST to this address to sign out; in the query, everywhere=1 ends all your sessions, and \
                  entra=1 signs out of Microsoft Entra too";
    Ok(respond::json(
        200,
        &json!({ "signed_in": session.is_some(), "detail": detail }),
    ))
}

/// What else is to be ended.
struct Wishes {
    /// The user's session at Entra.
    entra: bool,
    /// All sessions of the user.
    everywhere: bool,
}

impl Wishes {
    /// Reads them from the query, and from the form of somebody who has a session: nobody else is
    /// waited for.
    async fn read<P: Platform>(call: &Call<'_, P>, has_session: bool) -> Result<Self, BadRequest> {
        let query = call.request.query();
        let form = match has_session {
            true => Some(call.form().await?),
            false => None,
        };
        let wants = |name| {
            let in_form = form.as_ref().map(|form| form.one(name)).transpose()?;
            match query.one(name)?.or(in_form.flatten()) {
                None | Some("0") => Ok(false),
                Some("1") => Ok(true),
                Some(_) => Err(BadRequest::Parameter(name, "can only be 0 or 1")),
            }
        };
        Ok(Self {
            entra: wants("entra")?,
            everywhere: wants("everywhere")?,
        })
    }
}
