//! `GET /oauth2/userinfo`, at the host of an app: the signed-in user, in oauth2-proxy's format.

use serde::Serialize;

use super::admitted::Visit;
use super::error::AppRefused;
use super::signed_in::AppSettings;
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::session::Claims;
use crate::settings::AppTokens;
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

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    let settings = call.settings(AppSettings::read)?;
    let here = settings.place.of(call.request)?;
    let nobody = || AppRefused::NoSession(ReturnPath::root());
    let visit = Visit {
        call,
        request: call.request,
        settings: &settings,
        here: &here,
        wanted: &AppTokens::NONE,
        may_be_led: false,
    };
    let admitted = visit.by_cookie(|_| Ok(())).await?;
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
