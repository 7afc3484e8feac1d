//! `GET /login` sends the browser to Entra to sign in. `?rd=` says where to go afterwards.
//! `?for=aks` asks again for what the AKS token of the existing session needs. It writes nothing to
//! the store. `?for=app` signs in anew, and asks for what the token of an app needs, if a check has led the
//! user here.
//!
//! A user whose session still waits for consent chooses here what comes next. Entra's page for
//! those who must ask an administrator leads nowhere.

use super::to_entra::ToEntra;
use crate::addresses::APP_LOGIN;
use crate::aks::{self, NoAksToken, Way};
use crate::call::Call;
use crate::entra::authorize::openid_scopes;
use crate::gate::{Gate, SessionSettings};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::Response;
use crate::session::attempt::Purpose;
use crate::session::{Attempt, Live, Tokens};
use crate::settings::{AksConsent, AksSettings, Client, Reader, Site, table};
use crate::store::StoreFailure;
use crate::terms::{Guid, ReturnPath};

struct Settings {
    client: Client,
    site: Site,
    sessions: SessionSettings,
    oidc_scopes: String,
    aks_server_id: Guid,
    consent: AksConsent,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let site = Site::read(reader);
        let sessions = SessionSettings::read(reader);
        let oidc_scopes = reader.read(&table::OIDC_SCOPES);
        let aks = AksSettings::read(reader);
        let consent = AksConsent::read(reader);
        Some(Self {
            client: client?,
            site: site?,
            sessions: sessions?,
            oidc_scopes: oidc_scopes?,
            aks_server_id: aks?.server_id,
            consent: consent?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let query = call.request.query();
    let return_path = query.return_path()?.unwrap_or_else(ReturnPath::whoami);
    match query.one("for")? {
        // Nobody needs an AKS token on the way to an app.
        None if return_path.path() == APP_LOGIN => Ok(sign_in(call, &settings, return_path)),
        None => match choice(call, &settings).await {
            Some(choice) => Err(choice.into()),
            None => Ok(sign_in(call, &settings, return_path)),
        },
        Some("aks") => ask_for_aks(call, &settings, return_path).await,
        Some("app") => ask_for_app(call, &settings, return_path).await,
        Some(_) => Err(BadRequest::Parameter("for", "can only be `aks` or `app`").into()),
    }
}

fn sign_in<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    return_path: ReturnPath,
) -> Response {
    let attempt = Attempt::begin(call.platform, Purpose::SignIn, return_path);
    to_entra(call, settings).to_sign_in(&attempt, &settings.oidc_scopes)
}

/// Without a session this is a sign-in. At its end the AKS token is asked for anyway.
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
    let user = &session.record.user;
    Ok(to_entra(call, settings).for_aks(&settings.aks_server_id, &attempt, &kind, user))
}

/// A sign-in that asks for the scope of an app too. Of several resources Entra only takes one by `.default`, so
/// nothing but OpenID Connect is asked for beside it.
async fn ask_for_app<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    return_path: ReturnPath,
) -> Result<Response, Failure> {
    let session = session(call, settings).await?;
    let wish = session.as_ref().and_then(|(session, tokens)| {
        let wish = aks::wish(tokens, call.platform.now())?;
        Some((session, wish))
    });
    let Some((session, wish)) = wish else {
        return Ok(sign_in(call, settings, return_path));
    };
    let attempt = Attempt::begin(call.platform, Purpose::SignIn, return_path);
    let scope = format!("{} {}", openid_scopes(&settings.oidc_scopes), wish.scope);
    let (claims, user) = (wish.claims.as_deref(), &session.record.user);
    Ok(to_entra(call, settings).for_app(&attempt, &scope, claims, user))
}

/// What a user is asked whose session has no AKS token for lack of consent; nothing if they are not
/// asked. Without a session, and while the store is away, this is an ordinary sign-in.
async fn choice<P: Platform>(call: &Call<'_, P>, settings: &Settings) -> Option<NoAksToken> {
    if settings.consent == AksConsent::Only {
        return None;
    }
    let (_, tokens) = session(call, settings).await.ok()??;
    let (server_id, now) = (&settings.aks_server_id, call.platform.now());
    match aks::way_of(settings.consent, &tokens, server_id, now)? {
        Way::Choose { open } => Some(NoAksToken::ConsentOrDeviceCode { open }),
        Way::Entra | Way::Open | Way::DeviceCode | Way::Refused(_) => None,
    }
}

/// The existing session, with its tokens.
async fn session<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
) -> Result<Option<(Live, Tokens)>, StoreFailure> {
    let gate = Gate::new(call, &settings.sessions);
    let Some(session) = gate.peek().await? else {
        return Ok(None);
    };
    let tokens = session.record.grant.tokens(&gate.records).await?;
    Ok(tokens.map(|tokens| (session, tokens)))
}

fn to_entra<'a, P>(call: &'a Call<'a, P>, settings: &'a Settings) -> ToEntra<'a, P> {
    ToEntra {
        call,
        sessions: &settings.sessions,
        client: &settings.client,
        site: &settings.site,
    }
}
