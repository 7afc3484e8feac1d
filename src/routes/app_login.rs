//! `GET /login/app`, at our own origin: a sign-in that was begun at the host of an app goes on.
//!
//! With `?app=` and `?challenge=` the browser goes back to that app's host with a ticket. With `?rd=`,
//! where a domain of `COOKIE_DOMAINS` is the app's and ours, the app cookie is set here. Without a session
//! the browser signs in first, and comes back here. Where the app's token needs the user at Entra, or a device code,
//! it goes there first too.

use http::StatusCode;

use super::oauth2::{Back, Place, seldom};
use crate::addresses;
use crate::aks::{self, NoAksToken, Way};
use crate::call::Call;
use crate::gate::{Gate, SessionSettings, sign_in_first};
use crate::kubelogin::DeviceCodeError;
use crate::log::Event;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::{BadRequest, Parameters};
use crate::respond::{self, Response};
use crate::session::app::{self, AppRecord, Scope};
use crate::session::{self, Live, Tokens};
use crate::settings::{AksConsent, Reader, table};
use crate::terms::encoding::bytes32;
use crate::terms::{Guid, Origin};

struct Settings {
    place: Place,
    sessions: SessionSettings,
    aks_server_id: Guid,
    consent: AksConsent,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let place = Place::read(reader);
        let sessions = SessionSettings::read(reader);
        let aks_server_id = reader.read(&table::AKS_SERVER_ID);
        let consent = AksConsent::read(reader);
        Some(Self {
            place: place?,
            sessions: sessions?,
            aks_server_id: aks_server_id?,
            consent: consent?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let query = call.request.query();
    let gate = Gate::new(call, &settings.sessions);
    let wish = seldom(call, &gate.records, Wish::read(&settings.place, &query)).await?;
    let session = gate.session().await?;
    let Some(session) = app::for_apps(&gate.records, session).await? else {
        return sign_in_first(call.request, StatusCode::FOUND, &call.request.return_path());
    };
    let tokens = session.record.grant.tokens(&gate.records).await?;
    if let Some(tokens) = tokens
        && let Some(address) = trip(call, &settings, &tokens)?
    {
        return Ok(respond::redirect(StatusCode::FOUND, &address));
    }
    match wish {
        Wish::Ticket { app, challenge } => {
            let ticket = app::ticket(&gate.records, &session, &app, &challenge);
            let address = app.join(&addresses::app_ticket(&challenge, &ticket));
            Ok(respond::redirect(StatusCode::FOUND, &address))
        }
        Wish::Cookie { back, scope } => {
            set_cookie(call, &settings.sessions, &gate, &session, &back, scope).await
        }
    }
}

/// Where a browser goes first that a check of the app has led here: Entra wants the user before it gives a token.
/// From there the way leads back here.
///
/// # Errors
/// When the user has to choose, or needs a device code for the AKS token.
fn trip<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    tokens: &Tokens,
) -> Result<Option<String>, Failure> {
    let (back, now) = (call.request.return_path(), call.platform.now());
    if aks::wish(tokens, now).is_some() {
        return Ok(Some(addresses::login_for_app(&back)));
    }
    if !aks::is_led_for_aks(tokens, now) {
        return Ok(None);
    }
    match aks::way_of(settings.consent, tokens, &settings.aks_server_id, now) {
        Some(Way::Entra) => Ok(Some(addresses::login(&back, true))),
        Some(Way::Open) => Err(NoAksToken::InteractionOpen.into()),
        Some(Way::Choose { open }) => Err(NoAksToken::ConsentOrDeviceCode { open }.into()),
        // Another site may have led the browser here, so no run begins by itself.
        Some(Way::DeviceCode) => Err(DeviceCodeError::Offered.into()),
        // The app tells why there is no token.
        Some(Way::Refused(_)) | None => Ok(None),
    }
}

/// What is wanted.
enum Wish {
    /// A ticket for this app, for who began with this challenge.
    Ticket { app: Origin, challenge: String },
    /// An app cookie of this domain, and on to there.
    Cookie { back: Back, scope: Scope },
}

impl Wish {
    fn read(place: &Place, query: &Parameters) -> Result<Self, Failure> {
        let Some(app) = query.one("app")? else {
            let wrong = BadRequest::Parameter("rd", "does not lead to an app of this domain");
            let back = place.back_to(query.one("rd")?.unwrap_or_default(), &place.site.origin)?;
            let scope = place.shared_domain(&back.origin).ok_or(wrong)?;
            return Ok(Self::Cookie { back, scope });
        };
        let app = place.app(app)?;
        if place.shared_domain(&app).is_some() {
            // No start of that app asks for one: its cookie is set here, and nothing of it leaves.
            let what =
                "is an app whose cookie is set here, without a ticket: begin at its /oauth2/start";
            return Err(BadRequest::Parameter("app", what).into());
        }
        let challenge = query.one("challenge")?;
        let challenge = challenge.filter(|challenge| bytes32(challenge).is_some());
        let wrong = BadRequest::Parameter("challenge", "is not one of /oauth2/start");
        let challenge = challenge.ok_or(wrong)?.to_owned();
        Ok(Self::Ticket { app, challenge })
    }
}

/// Sets an app cookie for all hosts of a domain, which is ours too. The browser's own session says whose
/// it is, so nobody else can have it set.
async fn set_cookie<P: Platform>(
    call: &Call<'_, P>,
    sessions: &SessionSettings,
    gate: &Gate<'_, P>,
    session: &Live,
    back: &Back,
    scope: Scope,
) -> Result<Response, Failure> {
    let SessionSettings {
        cookies, keyring, ..
    } = sessions;
    let before = app::cookie::handle(call.request, cookies, &scope);
    let record = AppRecord {
        user: session.record.user.clone(),
        end: session.record.end,
        grant: session.record.grant.clone(),
        scope,
    };
    let Some(app) = app::issue(&gate.records, record, before).await? else {
        return sign_in_first(call.request, StatusCode::FOUND, &call.request.return_path());
    };
    session::sweep_beside(call, &gate.records).await;
    Event {
        outcome: "ok",
        detail: app.record.scope.domain(),
        ..app.about(call.event("app_sign_in"))
    }
    .log(call.platform);
    let mut response = respond::redirect(StatusCode::FOUND, &back.address());
    let cookie = app::cookie::set(cookies, &app, keyring, call.platform.now());
    respond::add_cookie(&mut response, &cookie);
    Ok(response)
}
