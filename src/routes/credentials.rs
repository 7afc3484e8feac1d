//! `/kubeconfig/credentials`: the credentials of one's own sign-in. `GET` lists them, `DELETE ?id=`
//! revokes one; a form, which can only post, does so with `POST`.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::errors::{Error, Failure};
use crate::function::Call;
use crate::log::Event;
use crate::platform::Platform;
use crate::respond::{self, Response};
use crate::session::credential::{self, Listed};
use crate::session::{Keyring, Live, Records, cookies, resume};
use crate::settings::{CookieSettings, Lifetimes, Reader, Site};

struct Settings {
    site: Site,
    keyring: Keyring,
    cookies: CookieSettings,
    lifetimes: Lifetimes,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let site = Site::read(reader);
        let keyring = Keyring::read(reader);
        let cookies = CookieSettings::read(reader);
        let lifetimes = Lifetimes::read(reader);
        Some(Self {
            site: site?,
            keyring: keyring?,
            cookies: cookies?,
            lifetimes: lifetimes?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let lists = call.request.method == Method::GET;
    if !lists && !call.request.is_from(&settings.site.origin) {
        return Err(Error::ForeignOrigin.into());
    }
    let records = Records {
        platform: call.platform,
        keyring: &settings.keyring,
    };
    let session = match cookies::session_handle(call.request, &settings.cookies) {
        Some(handle) => resume(&records, handle, settings.lifetimes.idle).await?,
        None => None,
    };
    let session = session.ok_or(Error::NoSession)?;
    if lists {
        let listed = credential::listed(&records, &session.record.grant.name()).await?;
        let credentials: Vec<Value> = listed.iter().map(told).collect();
        return Ok(respond::json(200, &json!({ "credentials": credentials })));
    }
    revoke(call, &records, &session).await
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
    let (query, form) = (call.request.query(), call.request.form());
    let id = query.one("id")?.or(form.one("id")?);
    let id = id
        .and_then(|id| id.parse().ok())
        .ok_or(Error::BadParameter(
            "id",
            "must be one of those that GET lists",
        ))?;
    if !credential::revoke(records, &session.record.grant.name(), id).await? {
        return Err(Error::NoCredential.into());
    }
    let event = call.event("revocation").of(&session.record.user);
    Event {
        outcome: "ok",
        session: Some(session.handle.fingerprint()),
        ..event
    }
    .log(call.platform);
    if call.request.wants_html() {
        return Ok(respond::redirect(StatusCode::SEE_OTHER, "/kubeconfig"));
    }
    Ok(respond::empty())
}
