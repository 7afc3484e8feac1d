//! `/kubeconfig/credentials`: the credentials of the user's own sign-in. `GET` lists them.
//! `DELETE ?id=` revokes one. A form, which can only post, revokes one with `POST`.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::addresses::KUBECONFIG;
use crate::call::Call;
use crate::gate::{Gate, SessionSettings};
use crate::log::Event;
use crate::pages::{self, View};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::{self, Response};
use crate::session::Live;
use crate::session::credential::{self, CredentialRefused, Listed};
use crate::settings::{Reader, Site};
use crate::store::Records;

struct Settings {
    site: Site,
    sessions: SessionSettings,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let site = Site::read(reader);
        let sessions = SessionSettings::read(reader);
        Some(Self {
            site: site?,
            sessions: sessions?,
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
        let listed = credential::listed(&gate.records, &session.record.grant.name()).await?;
        if call.request.wants_html() {
            return Ok(pages::credentials(&View::of(call)?, &listed));
        }
        let credentials: Vec<Value> = listed.iter().map(told).collect();
        return Ok(respond::json(200, &json!({ "credentials": credentials })));
    }
    revoke(call, &gate.records, &session).await
}

fn told(credential: &Listed) -> Value {
    json!({
        "id": credential.id,
        "name": credential.name,
        "created_at": credential.created.rfc3339(),
        "last_used_at": credential.last_used.map(|moment| moment.rfc3339()),
        "expires_at": credential.end.rfc3339(),
    })
}

async fn revoke<P: Platform>(
    call: &Call<'_, P>,
    records: &Records<'_, P>,
    session: &Live,
) -> Result<Response, Failure> {
    let (query, form) = (call.request.query(), call.form().await?);
    let back = form.return_path()?;
    let id = query.one("id")?.or(form.one("id")?);
    let id = id
        .and_then(|id| id.parse().ok())
        .ok_or(BadRequest::Parameter(
            "id",
            "must be one of those that GET lists",
        ))?;
    if !credential::revoke(records, &session.record.grant.name(), id).await? {
        return Err(CredentialRefused::NoSuch.into());
    }
    Event {
        outcome: "ok",
        ..session.about(call.event("revocation"))
    }
    .log(call.platform);
    if call.request.wants_html() {
        let back = back.as_ref().map_or(KUBECONFIG, |back| back.as_str());
        return Ok(respond::redirect(StatusCode::SEE_OTHER, back));
    }
    Ok(respond::empty())
}
