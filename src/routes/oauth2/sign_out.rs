//! `/oauth2/sign_out`, at the host of an app: ends the whole sign-in, like `/logout`. `?rd=` is the target
//! afterwards. `?entra=1` also ends the session at Microsoft Entra, whose page then leads to the target.
//!
//! A `GET` from a page of the same host signs out at once, since apps link to it. From another site, or
//! embedded, it shows a page that asks.

use http::{Method, StatusCode};
use serde_json::json;
use url::Url;

use super::place::{Back, Place};
use super::seldom::seldom;
use crate::addresses::{self, LOGOUT};
use crate::call::Call;
use crate::entra::authorize::end_session;
use crate::gate::SessionSettings;
use crate::kubelogin::end_runs;
use crate::log::Event;
use crate::pages::{self, View};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::{BadRequest, LedBy, Request};
use crate::respond::{self, Response};
use crate::session::app::{self, AppRecord};
use crate::session::{self, Handle, Live};
use crate::settings::{Client, JobService, Reader, Site};
use crate::store::{Records, StoreFailure};
use crate::terms::Origin;

/// The most sign-ins that one request ends. Each costs a read of the store.
const MOST: usize = 5;

struct Settings {
    place: Place,
    sessions: SessionSettings,
    jobs: Option<JobService>,
    client: Client,
    after: Url,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let place = Place::read(reader);
        let sessions = SessionSettings::read(reader);
        let jobs = JobService::read(reader);
        let client = Client::read(reader);
        let site = place.as_ref().map(|place| &place.site);
        let after = Site::read_after_logout(site, reader);
        Some(Self {
            place: place?,
            sessions: sessions?,
            jobs: jobs?,
            client: client?,
            after: after?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let records = Records::of(call, &settings.sessions.keyring);
    let here = seldom(call, &records, settings.place.of(call.request)).await?;
    if here == settings.place.site.origin {
        // The session has a page of its own, which asks.
        return Ok(respond::redirect(StatusCode::SEE_OTHER, LOGOUT));
    }
    let back = settings.place.back_if_given(call.request, &here);
    let back = seldom(call, &records, back).await?;
    let of_entra = wants_entra(call.request)?;
    if call.request.method == Method::GET && !is_of_own_page(call.request) {
        return ask(call, &settings, &here, back.as_ref());
    }
    if call.request.method == Method::POST {
        call.request.must_be_from(&here)?;
    }
    let scope = settings.place.scope(&here);
    let cookies = &settings.sessions.cookies;
    let handles = app::cookie::handles(call.request, cookies, &scope);
    let ended = sign_out(call, &settings, &records, &here, &handles).await?;
    if handles.len() > MOST {
        return Err(BadRequest::TooManyCookies(MOST).into());
    }
    let mut response = match back {
        back if of_entra => {
            let back = back.map_or_else(|| settings.after.to_string(), |back| back.address());
            let user = ended.last().map(|app| &app.record.user);
            let hint = user.and_then(|user| user.login_hint.as_deref());
            let address = end_session(&settings.client, &back, hint);
            respond::redirect(StatusCode::SEE_OTHER, &address)
        }
        Some(back) => respond::redirect(StatusCode::SEE_OTHER, &back.address()),
        None if call.request.wants_html() => pages::signed_out_of_app(&View::of(call)?),
        None => respond::json(200, &json!({ "signed_out": true })),
    };
    respond::add_cookie(&mut response, &app::cookie::clear(cookies, &scope));
    Ok(response)
}

/// Whether to end the session at Entra too.
fn wants_entra(request: &Request) -> Result<bool, BadRequest> {
    match request.query().one("entra")? {
        None | Some("0") => Ok(false),
        Some("1") => Ok(true),
        Some(_) => Err(BadRequest::Parameter("entra", "can only be 0 or 1")),
    }
}

/// Whether a page of this host navigated here. An image or a script of such a page does not count: others may
/// have written it (Fetch Metadata, section 2).
fn is_of_own_page(request: &Request) -> bool {
    let is = |name, wanted: &str| {
        let mut values = request.headers.get_all(name).iter();
        values.next().is_some_and(|value| value == wanted) && values.next().is_none()
    };
    let navigates = is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document");
    navigates && request.led_by() == LedBy::OwnPage
}

/// Ends the sign-ins of all handles in the request, also of idle ones: a cookie planted by a sibling host
/// must not protect the real one. Returns the ended ones.
async fn sign_out<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    records: &Records<'_, P>,
    here: &Origin,
    handles: &[Handle<AppRecord>],
) -> Result<Vec<Live<AppRecord>>, StoreFailure> {
    let mut found = Vec::new();
    for handle in handles.iter().take(MOST) {
        let app = session::find(records, handle.clone()).await?;
        found.extend(app.filter(|app| app.record.scope.covers(here.host_name())));
    }
    for app in &found {
        end(call, settings, records, app).await?;
    }
    if !found.is_empty() {
        session::sweep_beside(call, records).await;
    }
    Ok(found)
}

async fn end<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    records: &Records<'_, P>,
    app: &Live<AppRecord>,
) -> Result<(), StoreFailure> {
    session::end(records, &app.holder()).await?;
    let ended = vec![app.record.grant.name()];
    end_runs(call, settings.jobs.as_ref(), ended).await;
    Event {
        outcome: "ok",
        detail: Some("app"),
        ..app.about(call.event("sign_out"))
    }
    .log(call.platform);
    Ok(())
}

fn ask<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    here: &Origin,
    back: Option<&Back>,
) -> Result<Response, Failure> {
    if call.request.wants_html() {
        let to = back.map(Back::address);
        let [address, entra] =
            [false, true].map(|entra| addresses::app_sign_out(entra, to.as_deref()));
        let after = Origin::of(&settings.after);
        let leads_to: Vec<_> = [
            back.map_or(here, |back| &back.origin),
            &settings.client.authority_host,
        ]
        .into_iter()
        .chain(&after)
        .collect();
        let view = View::of(call)?;
        return Ok(pages::confirm_app_sign_out(
            &view, &address, &entra, &leads_to,
        ));
    }
    let detail = "POST to this address to sign out; in the query, `rd` says where to go afterwards, and \
                  entra=1 signs out of Microsoft Entra too";
    Ok(respond::json(200, &json!({ "detail": detail })))
}
