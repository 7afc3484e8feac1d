//! The addresses of our own pages, which other modules use.

use form_urlencoded::Serializer;

use crate::terms::{Origin, ReturnPath, Secret};

/// The first page.
pub const HOME: &str = "/";
/// Where a sign-in begins.
pub const LOGIN: &str = "/login";
/// Where Entra sends people back to.
pub const CALLBACK: &str = "/callback";
/// What is below it leads to us at the hosts of apps too, as with oauth2-proxy.
pub const OAUTH2: &str = "/oauth2/";
/// Where Entra sends people back to, for a registration that was oauth2-proxy's.
pub const OAUTH2_CALLBACK: &str = "/oauth2/callback";
/// Where a sign-in at the host of an app goes on, at our own origin.
pub const APP_LOGIN: &str = "/login/app";
/// Where a sign-in at the host of an app begins.
pub const APP_START: &str = "/oauth2/start";
/// Where that sign-in ends, at the same host.
pub const APP_TICKET: &str = "/oauth2/ticket";
/// Where a user signs out at the host of an app.
pub const APP_SIGN_OUT: &str = "/oauth2/sign_out";
/// Who is signed in, and their AKS token.
pub const WHOAMI: &str = "/whoami";
/// Where a user signs out.
pub const LOGOUT: &str = "/logout";
/// Where a user gets a device code.
pub const DEVICE_CODE: &str = "/kubelogin/device-code";
/// Where a user gets a kubeconfig.
pub const KUBECONFIG: &str = "/kubeconfig";
/// The credentials of the user's own sign-in.
pub const CREDENTIALS: &str = "/kubeconfig/credentials";
/// The user's sign-ins.
pub const SIGN_INS: &str = "/sign-ins";
/// Where a language is chosen.
pub const LANGUAGE: &str = "/language";
/// The cookie that keeps that choice.
pub const LANGUAGE_COOKIE: &str = "proxy_language";
/// Where the style sheet and the script are.
pub const ASSETS: &str = "/assets";
/// The path below which the API server is.
pub const KUBERNETES: &str = "/k8s";

/// The path below which native code and ingresses lead the requests for the hosts of apps.
pub const APPS: &str = "/-/apps";

/// Path and query as the client wrote them at the host of an app, if `target` was led below the prefix of apps.
/// Else it is as it was written.
pub fn asked(target: &str) -> &str {
    match target.strip_prefix(APPS) {
        Some(rest) if rest.starts_with('/') => rest,
        _ => target,
    }
}

/// The address of `/login` that leads back to `back`. With `aks` it asks Entra again for the AKS
/// token.
pub fn login(back: &ReturnPath, aks: bool) -> String {
    let mut query = query_of(LOGIN);
    if aks {
        query.append_pair("for", "aks");
    }
    query.append_pair("rd", back.as_str()).finish()
}

/// The address of `/login` that asks Entra for what the token of an app needs, and leads back to `back`.
pub fn login_for_app(back: &ReturnPath) -> String {
    query_of(LOGIN)
        .append_pair("for", "app")
        .append_pair("rd", back.as_str())
        .finish()
}

/// The address to which a request for a device code is posted. It leads on to `back`.
pub fn device_code(back: &ReturnPath) -> String {
    query_of(DEVICE_CODE)
        .append_pair("rd", back.as_str())
        .finish()
}

/// The address to which a choice of language is posted: its tag, and where one is now.
pub fn language(tag: &str, place: &str) -> String {
    query_of(LANGUAGE)
        .append_pair("to", tag)
        .append_pair("rd", place)
        .finish()
}

/// The address at the host of an app that signs in and leads on to `back` there.
pub fn app_start(back: &ReturnPath) -> String {
    query_of(APP_START)
        .append_pair("rd", back.as_str())
        .finish()
}

/// The address at our own origin that leads to the sign-in at the host of an app, and on to `page` there.
pub fn app_start_at(page: &str) -> String {
    query_of(APP_START).append_pair("rd", page).finish()
}

/// The address at our own origin that gives a ticket for `app`, for who has the start of `challenge`.
pub fn app_login(app: &Origin, challenge: &str) -> String {
    query_of(APP_LOGIN)
        .append_pair("app", app.as_str())
        .append_pair("challenge", challenge)
        .finish()
}

/// The address at our own origin that leads on to `back`, at an app whose domain is ours too.
pub fn app_login_to(back: &str) -> String {
    query_of(APP_LOGIN).append_pair("rd", back).finish()
}

/// The address at the host of an app that takes `ticket`.
pub fn app_ticket(challenge: &str, ticket: &Secret) -> String {
    query_of(APP_TICKET)
        .append_pair("state", challenge)
        .append_pair("ticket", ticket.reveal())
        .finish()
}

/// The address at the host of an app to which a sign-out is posted, of Microsoft too with `entra`. It leads on
/// to `back`.
pub fn app_sign_out(entra: bool, back: Option<&str>) -> String {
    if !entra && back.is_none() {
        return APP_SIGN_OUT.to_owned();
    }
    let mut query = query_of(APP_SIGN_OUT);
    if entra {
        query.append_pair("entra", "1");
    }
    if let Some(back) = back {
        query.append_pair("rd", back);
    }
    query.finish()
}

fn query_of(path: &str) -> Serializer<'static, String> {
    Serializer::for_suffix(format!("{path}?"), path.len() + 1)
}
