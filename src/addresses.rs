//! The addresses of our own pages, which other modules use.

use form_urlencoded::Serializer;

use crate::terms::ReturnPath;

/// The first page.
pub const HOME: &str = "/";
/// Where a sign-in begins.
pub const LOGIN: &str = "/login";
/// Where Entra sends people back to.
pub const CALLBACK: &str = "/callback";
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
/// Where a language is chosen.
pub const LANGUAGE: &str = "/language";
/// The cookie that keeps that choice.
pub const LANGUAGE_COOKIE: &str = "proxy_language";
/// Where the style sheet and the script are.
pub const ASSETS: &str = "/assets";
/// The path below which the API server is.
pub const KUBERNETES: &str = "/k8s";

/// The address of `/login` that leads back to `back`. With `aks` it asks Entra again for the AKS
/// token.
pub fn login(back: &ReturnPath, aks: bool) -> String {
    let mut query = query_of(LOGIN);
    if aks {
        query.append_pair("for", "aks");
    }
    query.append_pair("rd", back.as_str()).finish()
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

fn query_of(path: &str) -> Serializer<'static, String> {
    Serializer::for_suffix(format!("{path}?"), path.len() + 1)
}
