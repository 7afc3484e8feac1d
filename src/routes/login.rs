//! `GET /login`: to Entra, to sign in. `?rd=` says where to go afterwards; `?for=aks` asks again for
//! what the AKS token of the session that is there needs. It writes nothing to the store.

use crate::aks;
use crate::entra::Authorization;
use crate::entra::authorize::aks_scope;
use crate::errors::{Error, Failure};
use crate::function::Call;
use crate::platform::Platform;
use crate::request::Parameters;
use crate::respond::{self, Response};
use crate::return_path::ReturnPath;
use crate::session::attempt::Purpose;
use crate::session::{Attempt, Keyring, Records, cookies, resume};
use crate::settings::{AksSettings, Client, CookieSettings, Guid, Lifetimes, Reader, Site, table};

struct Settings {
    client: Client,
    site: Site,
    keyring: Keyring,
    cookies: CookieSettings,
    lifetimes: Lifetimes,
    oidc_scopes: String,
    aks_server_id: Guid,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let site = Site::read(reader);
        let keyring = Keyring::read(reader);
        let cookies = CookieSettings::read(reader);
        let lifetimes = Lifetimes::read(reader);
        let oidc_scopes = reader.read(&table::OIDC_SCOPES);
        let aks = AksSettings::read(reader);
        Some(Self {
            client: client?,
            site: site?,
            keyring: keyring?,
            cookies: cookies?,
            lifetimes: lifetimes?,
            oidc_scopes: oidc_scopes?,
            aks_server_id: aks?.server_id,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let query = call.request.query();
    let return_path = return_path(&query)?;
    match query.one("for")? {
        None => Ok(sign_in(call, &settings, return_path)),
        Some("aks") => ask_for_aks(call, &settings, return_path).await,
        Some(_) => Err(Error::BadParameter("for", "can only be `aks`").into()),
    }
}

fn sign_in<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    return_path: ReturnPath,
) -> Response {
    let attempt = Attempt::begin(call.platform, Purpose::SignIn, return_path);
    let scope = settings.oidc_scopes.as_str();
    send(call, settings, &attempt, scope, None, None)
}

/// Without a session this is a sign-in, at whose end the AKS token is asked for anyway.
async fn ask_for_aks<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    return_path: ReturnPath,
) -> Result<Response, Failure> {
    let records = Records {
        platform: call.platform,
        keyring: &settings.keyring,
    };
    let handle = cookies::session_handle(call.request, &settings.cookies);
    let session = match handle {
        Some(handle) => resume(&records, handle, settings.lifetimes.idle).await?,
        None => None,
    };
    let Some(session) = session else {
        return Ok(sign_in(call, settings, return_path));
    };
    let tokens = session
        .record
        .grant
        .tokens(&records)
        .await?
        .unwrap_or_default();
    let kind = aks::wanted(&tokens);
    let (attempt, _) = aks::begin_interaction(call.platform, &kind, return_path);
    let scope = aks_scope(&settings.aks_server_id);
    let hint = session.record.user.sign_in_hint();
    Ok(send(call, settings, &attempt, &scope, kind.claims(), hint))
}

fn send<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    attempt: &Attempt,
    scope: &str,
    claims: Option<&str>,
    login_hint: Option<&str>,
) -> Response {
    let authorization = Authorization {
        client: &settings.client,
        redirect_uri: &settings.site.redirect_uri,
        attempt,
        scope,
        claims,
        login_hint,
    };
    respond::to_entra(call, &settings.cookies, &settings.keyring, &authorization)
}

fn return_path(query: &Parameters) -> Result<ReturnPath, Error> {
    match query.one("rd")? {
        None => Ok(ReturnPath::whoami()),
        Some(path) => ReturnPath::parse(path).map_err(|_| {
            Error::BadParameter("rd", "must be a plain path on this origin, such as /whoami")
        }),
    }
}
