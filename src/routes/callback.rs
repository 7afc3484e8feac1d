//! `GET /callback`: where Entra sends people back to.
//!
//! The order is the security of it. State and cookie are compared first, and what fails there writes
//! nothing. Then comes what may be away: a 503 up to there keeps the attempt, so that a reload
//! works. Then the attempt is claimed, and only then is the code redeemed; from the claim on every
//! outcome clears the attempt's cookie.

mod interaction;
mod sign_in;

use http::StatusCode;

use crate::entra::{Away, EntraError, Entra, EntraFailure, Metadata};
use crate::errors::{Error, Failure};
use crate::function::Call;
use crate::platform::Platform;
use crate::request::Parameters;
use crate::respond::{self, Response};
use crate::secret::Secret;
use crate::session::attempt::Purpose;
use crate::session::{
    Attempt, Keyring, Live, Outcome, Records, attempt, claim_attempt, cookies, resume,
};
use crate::settings::{
    AksSettings, Client, CookieSettings, Lifetimes, Reader, SidecarSettings, Site, table,
};
use crate::{encoding, secret};

struct Settings {
    client: Client,
    site: Site,
    keyring: Keyring,
    cookies: CookieSettings,
    lifetimes: Lifetimes,
    oidc_scopes: String,
    aks: AksSettings,
    sidecar: SidecarSettings,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let site = Site::read(reader);
        let keyring = Keyring::read(reader);
        let cookies = CookieSettings::read(reader);
        reader.read(&table::SESSION_COOKIE_SAMESITE);
        let lifetimes = Lifetimes::read(reader);
        let oidc_scopes = reader.read(&table::OIDC_SCOPES);
        let aks = AksSettings::read(reader);
        let sidecar = SidecarSettings::read(reader);
        Some(Self {
            client: client?,
            site: site?,
            keyring: keyring?,
            cookies: cookies?,
            lifetimes: lifetimes?,
            oidc_scopes: oidc_scopes?,
            aks: aks?,
            sidecar: sidecar?,
        })
    }
}

/// What is known once state and cookie agree.
struct Arrival<'a, P> {
    call: &'a Call<'a, P>,
    settings: &'a Settings,
    records: Records<'a, P>,
    entra: Entra<'a, P>,
    attempt: Attempt,
}

/// What a code is redeemed with.
struct Means {
    assertion: Secret,
    metadata: Metadata,
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let source = |name: &str| call.variable(name);
    let mut reader = Reader::new(&source);
    let settings = Settings::read(&mut reader);
    let settings = &reader.finish(settings)?;
    let records = Records { platform: call.platform, keyring: &settings.keyring };
    let query = call.request.query();
    let state = query.one("state")?.unwrap_or_default();
    let answer = Answer::read(&query)?;
    let Some(attempt) = find_attempt(call, settings, state) else {
        return reloaded(call, settings, &records, state, Error::NoAttempt).await;
    };
    let entra =
        Entra { platform: call.platform, client: &settings.client, sidecar: &settings.sidecar };
    let arrival = Arrival { call, settings, records, entra, attempt };
    let mut outcome = arrival.proceed(&query, answer).await;
    if let Outcome_::Over(result) = &mut outcome {
        let name = arrival.attempt.cookie_name(&settings.cookies);
        let clear = cookies::clear_attempt(&settings.cookies, &name);
        match result {
            Ok(response) => respond::add_cookie(response, &clear),
            Err(failure) => failure.cookies.push(clear),
        }
    }
    outcome.into_result()
}
