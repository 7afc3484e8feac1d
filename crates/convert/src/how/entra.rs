//! Entra: who asks it, and for what.

use url::Url;

use super::lines::{is_guid, note, one};
use crate::row::Line::{self, Note, Setting};

/// The origin that `AUTHORITY_HOST` has by default.
const PUBLIC: &str = "https://login.microsoftonline.com";

/// What `OIDC_SCOPES` needs, and has by default.
const SCOPES: [&str; 3] = ["openid", "profile", "offline_access"];

/// An issuer of Entra names the tenant and the cloud.
pub(crate) fn issuer(values: &[String]) -> Vec<Line> {
    let Ok(url) = Url::parse(one(values)) else {
        return note("not taken: it is no URL");
    };
    let host = match url.host_str() {
        Some("login.microsoftonline.com" | "sts.windows.net") => PUBLIC,
        Some("login.microsoftonline.us") => "https://login.microsoftonline.us",
        Some("login.partner.microsoftonline.cn") => "https://login.partner.microsoftonline.cn",
        Some("login.chinacloudapi.cn") => "https://login.chinacloudapi.cn",
        _ => {
            return note(
                "not taken: it is no issuer of Microsoft Entra, which alone signs people in here",
            );
        }
    };
    let tenant = url.path_segments().and_then(|mut segments| segments.next());
    let mut lines = tenant_id(tenant.unwrap_or_default());
    if host != PUBLIC {
        lines.push(Setting("AUTHORITY_HOST", host.to_owned()));
    }
    lines
}

/// One tenant.
pub(crate) fn tenant(values: &[String]) -> Vec<Line> {
    match values {
        [tenant] => tenant_id(tenant),
        _ => note("not taken: people of one tenant sign in here; set TENANT_ID"),
    }
}

fn tenant_id(text: &str) -> Vec<Line> {
    if is_guid(text) {
        return vec![Setting("TENANT_ID", text.to_ascii_lowercase())];
    }
    note(
        "not taken: it names no tenant by its GUID, and people of one tenant sign in here; set TENANT_ID",
    )
}

/// An application id.
pub(crate) fn client_id(values: &[String]) -> Vec<Line> {
    match one(values) {
        id if is_guid(id) => vec![Setting("CLIENT_ID", id.to_ascii_lowercase())],
        _ => note("not taken: it is no application id of Entra, which is a GUID"),
    }
}

/// The same site, with a path that we serve. Theirs is one of them.
pub(crate) fn redirect_uri(values: &[String]) -> Vec<Line> {
    let Ok(mut url) = Url::parse(one(values)) else {
        return note(
            "not taken: it is no absolute URL; set REDIRECT_URI to https://YOUR-HOST/callback",
        );
    };
    let is_ours = ["/callback", "/oauth2/callback"].contains(&url.path());
    if !is_ours {
        url.set_path("/callback");
    }
    url.set_query(None);
    url.set_fragment(None);
    let mut lines = vec![Setting("REDIRECT_URI", url.to_string())];
    if !is_ours {
        lines.push(Note(
            "the path here is /callback: register REDIRECT_URI with Entra too, platform \"Web\""
                .to_owned(),
        ));
    }
    lines
}

/// What is asked for besides what is always asked for.
pub(crate) fn scopes(values: &[String]) -> Vec<Line> {
    let theirs = one(values).split_ascii_whitespace();
    let more: Vec<_> = theirs.filter(|scope| !SCOPES.contains(scope)).collect();
    if more.is_empty() {
        return Vec::new();
    }
    let all = [SCOPES.as_slice(), &more].concat();
    vec![Setting("OIDC_SCOPES", all.join(" "))]
}

/// Entra, by whichever name.
pub(crate) fn provider(values: &[String]) -> Vec<Line> {
    match one(values) {
        "entra-id" | "azure" | "oidc" => Vec::new(),
        _ => note("no counterpart: Microsoft Entra alone signs people in here"),
    }
}
