//! `GET /oauth2/start` and `/oauth2/sign_in`: a sign-in at the host of an app begins. `?rd=` says where it
//! leads. It writes nothing to the store, but once a minute that it has logged an address that leads nowhere.
//!
//! The browser goes to our own origin, which has the session, and returns with a ticket. A cookie of this
//! host holds the start, so that another browser's ticket is not valid here.

use http::StatusCode;

use super::place::{Back, Place, Way};
use super::seldom::seldom;
use crate::addresses;
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::session::app::Start;
use crate::session::cookies;
use crate::settings::{CookieSettings, Reader};
use crate::store::{Keyring, Records};
use crate::terms::ReturnPath;

struct Settings {
    place: Place,
    keyring: Keyring,
    cookies: CookieSettings,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let place = Place::read(reader);
        let keyring = Keyring::read(reader);
        let cookies = CookieSettings::read(reader);
        Some(Self {
            place: place?,
            keyring: keyring?,
            cookies: cookies?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let place = &settings.place;
    let records = Records::of(call, &settings.keyring);
    let here = seldom(call, &records, place.of(call.request)).await?;
    let back = seldom(call, &records, place.back(call.request, &here)).await?;
    let own = &place.site.origin;
    let address = match place.way(&here, &back) {
        Way::Login => own.join(&addresses::login(&back.path, false)),
        // Our own pages and the app share a domain, so the cookie is set there.
        Way::Domain => own.join(&login_of_domain(&back)),
        Way::Elsewhere => back.origin.join(&addresses::app_start(&back.path)),
        Way::Ticket => {
            let start = Start::begin(call.platform, back.path);
            let address = own.join(&addresses::app_login(&here, &start.challenge()));
            return Ok(begin(call, &settings, &start, &address));
        }
    };
    Ok(respond::redirect(StatusCode::FOUND, &address))
}

/// The address at our own origin that leads on to `back`. If a sign-in comes first, it is the return path,
/// which drops a query that is too long. So the page's own query is dropped before that.
fn login_of_domain(back: &Back) -> String {
    let addresses = [back.path.as_str(), back.path.path()]
        .map(|path| addresses::app_login_to(&back.origin.join(path)));
    let is_kept = |address: &String| {
        ReturnPath::parse(address).is_ok_and(|kept| kept.as_str() == address.as_str())
    };
    let kept = addresses.into_iter().find(is_kept);
    kept.unwrap_or_else(|| addresses::app_login_to(&back.origin.join("/")))
}

/// Redirects the browser to our own origin, with the start in a cookie of this host.
fn begin<P: Platform>(
    call: &Call<'_, P>,
    settings: &Settings,
    start: &Start,
    address: &str,
) -> Response {
    let Settings {
        keyring, cookies, ..
    } = settings;
    let (request, platform) = (call.request, call.platform);
    let mut response = respond::redirect(StatusCode::FOUND, address);
    let set = cookies::set_attempt(request, cookies, keyring, start, platform.now(), platform);
    for cookie in set {
        respond::add_cookie(&mut response, &cookie);
    }
    response
}
