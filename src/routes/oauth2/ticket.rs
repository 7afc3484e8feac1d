//! `GET /oauth2/ticket`: a sign-in at the host of an app ends with an app cookie.
//!
//! First the browser's start is compared; a failure there reads and writes nothing. Then the ticket is
//! opened, which is sealed for this origin and that start. Then it is claimed.

use http::StatusCode;

use super::place::Place;
use super::seldom::seldom;
use crate::addresses::APP_TICKET;
use crate::call::Call;
use crate::gate::SessionSettings;
use crate::log::Event;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::Request;
use crate::respond::{self, Response};
use crate::session::app::{self, Presented, Start, TicketRefused};
use crate::session::{self, Kept, cookies};
use crate::settings::Reader;
use crate::store::Records;

struct Settings {
    place: Place,
    sessions: SessionSettings,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let place = Place::read(reader);
        let sessions = SessionSettings::read(reader);
        Some(Self {
            place: place?,
            sessions: sessions?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let records = Records::of(call, &settings.sessions.keyring);
    let here = seldom(call, &records, settings.place.of(call.request)).await?;
    let query = call.request.query();
    let challenge = query.one("state")?.unwrap_or_default();
    let text = query.one("ticket")?.unwrap_or_default();
    let Some((name, start)) = begun(call.request, &settings.sessions, challenge) else {
        return not_for_you(call.request, text);
    };
    let clear = cookies::clear_attempt(&settings.sessions.cookies, &name);
    let refused = |refused: TicketRefused| Failure {
        cookies: vec![clear.clone()],
        ..refused.into()
    };
    if start.is_over(call.platform.now()) {
        return Err(refused(TicketRefused::Late(start.return_path)));
    }
    let scope = settings.place.scope(&here);
    let presented = Presented {
        ticket: text,
        origin: &here,
        start: &start,
        before: app::cookie::handle(call.request, &settings.sessions.cookies, &scope),
        clock_tolerance: settings.sessions.lifetimes.clock_tolerance,
    };
    let app = app::redeem(&records, presented, scope).await?;
    let app = match app {
        // The right ticket may still come, so the start is not cleared.
        Err(TicketRefused::NotForYou) => return not_for_you(call.request, text),
        app => app.map_err(refused)?,
    };
    session::sweep_beside(call, &records).await;
    Event {
        outcome: "ok",
        detail: Some(here.host()),
        ..app.about(call.event("app_sign_in"))
    }
    .log(call.platform);
    let mut response = respond::redirect(StatusCode::FOUND, start.return_path.as_str());
    let SessionSettings {
        cookies, keyring, ..
    } = &settings.sessions;
    let cookie = app::cookie::set(cookies, &app, keyring, call.platform.now());
    respond::add_cookie(&mut response, &cookie);
    respond::add_cookie(&mut response, &clear);
    Ok(response)
}

/// Refuses a ticket for another browser, whose user may have led this one here. No page is shown at the
/// ticket's address: a script of the app could read it there, from the window that it opened or from this
/// tab's history, and pass it to the other browser.
fn not_for_you(request: &Request, ticket: &str) -> Result<Response, Failure> {
    // What a browser embeds (`object`) may not ask for a page, and is shown all the same.
    let is_browser = request.wants_html() || request.headers.contains_key("sec-fetch-mode");
    match is_browser && !ticket.is_empty() {
        true => Ok(respond::redirect(StatusCode::FOUND, APP_TICKET)),
        false => Err(TicketRefused::NotForYou.into()),
    }
}

/// This browser's start with this challenge, and the name of its cookie. The challenge is compared in
/// constant time.
fn begun(
    request: &Request,
    sessions: &SessionSettings,
    challenge: &str,
) -> Option<(String, Start)> {
    let name = app::cookie_name(&sessions.cookies, challenge);
    let sealed = request.cookie(&name)?;
    let start = Start::open(&sessions.keyring, &name, &sealed)?;
    start.has_challenge(challenge).then_some((name, start))
}
