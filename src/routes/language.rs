//! `POST /language`: keeps the language that somebody chose, in a cookie of its own.

use http::StatusCode;

use crate::addresses::HOME;
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::{self, Response};
use crate::session::cookies;
use crate::settings::{Reader, Site, table};
use crate::texts::Language;

struct Settings {
    site: Site,
    secure: bool,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let site = Site::read(reader);
        let secure = reader.read(&table::SESSION_COOKIE_SECURE);
        Some(Self {
            site: site?,
            secure: secure?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    call.request.must_be_from(&settings.site.origin)?;
    // It stands in the address: no body of a stranger is waited for.
    let query = call.request.query();
    let language = query.one("to")?.and_then(Language::tagged);
    let language = language.ok_or(BadRequest::Parameter("to", "can only be `en` or `de`"))?;
    let back = query.return_path()?;
    let back = back.as_ref().map_or(HOME, |back| back.as_str());
    let mut response = respond::redirect(StatusCode::SEE_OTHER, back);
    let cookie = cookies::set_language(language, settings.secure);
    respond::add_cookie(&mut response, &cookie);
    Ok(response)
}
