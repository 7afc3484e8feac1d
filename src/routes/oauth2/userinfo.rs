//! `GET /oauth2/userinfo`, at the host of an app: who is signed in, or whose access token it is, as oauth2-proxy
//! tells it.

use serde::Serialize;

use super::admitted::Visit;
use super::error::AppRefused;
use super::seldom::seldom;
use super::signed_in::AppSettings;
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::session::Claims;
use crate::settings::{AppTokens, Bearers, Reader};
use crate::terms::ReturnPath;

/// oauth2-proxy's document. Unknown members are left out, except the e-mail address.
#[derive(Serialize)]
struct UserInfo<'a> {
    user: &'a str,
    email: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    groups: &'a [String],
    #[serde(rename = "preferredUsername", skip_serializing_if = "Option::is_none")]
    preferred_username: Option<&'a str>,
}

struct Settings {
    app: AppSettings,
    bearers: Bearers,
}

impl Settings {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let app = AppSettings::read(reader);
        let bearers = Bearers::read(app.as_ref().map(|app| &app.aks), reader);
        Some(Self {
            app: app?,
            bearers: bearers?,
        })
    }
}

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(Settings::read)?;
    let records = settings.app.records(call);
    let here = seldom(call, &records, settings.app.place.of(call.request)).await?;
    let nobody = || AppRefused::nobody(ReturnPath::root(), &settings.bearers);
    let visit = Visit {
        call,
        request: call.request,
        settings: &settings.app,
        here: &here,
        wanted: &AppTokens::NONE,
        may_be_led: false,
    };
    let admitted = visit.admitted(&settings.bearers, |_| Ok(())).await?;
    Ok(respond::json(
        200,
        &shown(&admitted.ok_or_else(nobody)?.claims),
    ))
}

fn shown(claims: &Claims) -> UserInfo<'_> {
    let user = &claims.user;
    UserInfo {
        user: &user.oid,
        email: user.email.as_deref().unwrap_or_default(),
        groups: &claims.groups,
        preferred_username: user.preferred_username.as_deref(),
    }
}
