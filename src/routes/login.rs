//! `GET /login`: to Entra, to sign in. `?rd=` says where to go afterwards; `?for=aks` asks again for
//! what the AKS token of the session that is there needs. It writes nothing to the store.
//!
//! Somebody whose session still waits for consent chooses here what comes next: Entra's page for
//! those who must ask an administrator leads nowhere.

use crate::aks::{self, Way};
use crate::entra::Authorization;
use crate::entra::authorize::aks_scope;
use crate::errors::{Error, Failure};
use crate::function::Call;
use crate::platform::Platform;
use crate::request::Parameters;
use crate::respond::{self, Response};
use crate::session::attempt::Purpose;
use crate::session::{Attempt, Keyring, Live, Records, Tokens, cookies, peek};
use crate::settings::{
    AksConsent, AksSettings, Client, CookieSettings, Lifetimes, Reader, Site, table,
};
use crate::terms::{Guid, ReturnPath};

struct Settings {
    client: Client,
    site: Site,
    keyring: Keyring,
    cookies: CookieSettings,
    lifetimes: Lifetimes,
    oidc_scopes: String,
    aks_server_id: Guid,
    consent: AksConsent,
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
        let consent = AksConsent::read(reader);
        Some(Self {
            client: client?,
            site: site?,
            keyring: keyring?,
            cookies: cookies?,
            lifetimes: lifetimes?,
            oidc_scopes: oidc_scopes?,
            aks_server_id: aks?.server_id,
            consent: consent?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let query = call.request.query();
    let return_path = return_path(&query)?;
    match query.one("for")? {
        None => match choice(call, &settings).await {
            Some(choice) => Err(choice.into()),
            None => Ok(sign_in(call, &settings, return_path)),
        },
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
    let Some((session, tokens)) = session(call, settings).await? else {
        return Ok(sign_in(call, settings, return_path));
    };
    let kind = aks::wanted(&tokens);
    let (attempt, _) = aks::begin_interaction(call.platform, &kind, return_path);
    let scope = aks_scope(&settings.aks_server_id);
    let hint = session.record.user.sign_in_hint();
    Ok(send(call, settings, &attempt, &scope, kind.claims(), hint))
}

/// What somebody is asked whose session has no AKS token for want of consent, if they are asked.
/// Without a session, and while the store is away, this is a sign-in like any other.
async fn choice<P: Platform>(call: &Call<'_, P>, settings: &Settings) -> Option<Error> {
    if settings.consent == AksConsent::Only {
        return None;
    }
    let (_, tokens) = session(call, settings).await.ok()??;
    let (server_id, now) = (&settings.aks_server_id, call.platform.now());
    match aks::way_of(settings.consent, &tokens, server_id, now)? {
        Way::Choose { open } => Some(Error::ConsentOrDeviceCode { open }),
        _ => None,
    }
}

/// The session that is there, with its tokens.
async fn session<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
) -> Result<Option<(Live, Tokens)>, Error> {
    let records = Records {
        platform: call.platform,
        keyring: &settings.keyring,
    };
    let Some(handle) = cookies::session_handle(call.request, &settings.cookies) else {
        return Ok(None);
    };
    let Some(session) = peek(&records, handle, settings.lifetimes.idle).await? else {
        return Ok(None);
    };
    let tokens = session.record.grant.tokens(&records).await?;
    Ok(tokens.map(|tokens| (session, tokens)))
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
