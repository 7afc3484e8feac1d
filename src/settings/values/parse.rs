//! Parses the operator's text into values. An error says what is wrong. It does not name the
//! setting, and does not repeat a secret.

use std::net::IpAddr;

use ipnet::IpNet;
use url::Url;

use crate::terms::{Guid, Origin, Secret, is_loopback};

/// The default of an origin that is absent. It parses as an outbound grant, and nothing listens
/// there.
pub(in crate::settings) const ABSENT_ORIGIN: &str = "http://127.0.0.1:1";

/// Where Entra may send people back to. The second is oauth2-proxy's.
const REDIRECT_PATHS: [&str; 2] = ["/callback", "/oauth2/callback"];

/// The shortest secret that is taken, in bytes.
const SECRET_BYTES: usize = 32;

pub(in crate::settings) fn guid(text: &str) -> Result<Guid, String> {
    Guid::parse(text).ok_or_else(|| "is not a GUID".to_owned())
}

/// The entries of a list, separated by white space or commas. A list without entries is taken for a
/// slip, not for "nobody".
pub(in crate::settings) fn list<T>(
    text: &str,
    entry: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let entries = text
        .split(|c: char| c == ',' || c.is_ascii_whitespace())
        .filter(|entry| !entry.is_empty());
    let list: Vec<T> = entries.map(entry).collect::<Result<_, _>>()?;
    if list.is_empty() {
        return Err("lists nothing".to_owned());
    }
    Ok(list)
}

pub(in crate::settings) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    list(text, network)
}

fn network(entry: &str) -> Result<IpNet, String> {
    let network = entry
        .parse()
        .or_else(|_| entry.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("has `{entry}`, which is neither an address nor a network"))?;
    if network.prefix_len() == 0 {
        return Err(format!(
            "has `{entry}`: everybody could then say from where they come"
        ));
    }
    Ok(network)
}

pub(in crate::settings) fn count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "is not a whole number".to_owned())
}

pub(in crate::settings) fn positive(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("is not a positive whole number".to_owned()),
        Ok(number) => Ok(number),
    }
}

pub(in crate::settings) fn seconds(text: &str) -> Result<u64, String> {
    positive(text).map_err(|what| format!("{what} of seconds"))
}

pub(in crate::settings) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("is neither `true` nor `false`".to_owned()),
    }
}

/// A path, or a program's name.
pub(in crate::settings) fn path(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("has a control character".to_owned());
    }
    Ok(text.to_owned())
}

/// A token of RFC 6265, section 4.1.1.
pub(in crate::settings) fn cookie_name(text: &str) -> Result<String, String> {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if !text.bytes().all(is_token) {
        return Err("has a character that a cookie's name cannot have".to_owned());
    }
    if text.len() > 64 {
        return Err("is longer than 64 characters".to_owned());
    }
    Ok(text.to_owned())
}

pub(in crate::settings) fn oidc_scopes(text: &str) -> Result<String, String> {
    let scopes: Vec<&str> = text.split_ascii_whitespace().collect();
    let missing: Vec<&str> = ["openid", "profile", "offline_access"]
        .into_iter()
        .filter(|needed| !scopes.contains(needed))
        .collect();
    if !missing.is_empty() {
        return Err(format!("lacks {}", missing.join(" ")));
    }
    Ok(scopes.join(" "))
}

/// Several secrets may be listed, separated by white space: the first seals, all open.
pub(in crate::settings) fn session_secrets(text: &str) -> Result<Vec<Secret>, String> {
    let secrets: Vec<&str> = text.split_ascii_whitespace().collect();
    if secrets.iter().any(|secret| secret.len() < SECRET_BYTES) {
        return Err(format!(
            "has fewer than {SECRET_BYTES} bytes; make one with: openssl rand -hex 32"
        ));
    }
    Ok(secrets.into_iter().map(Secret::new).collect())
}

pub(in crate::settings) fn bearer(text: &str) -> Result<Secret, String> {
    if text.len() < SECRET_BYTES {
        return Err(format!("has fewer than {SECRET_BYTES} bytes"));
    }
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("has a character that an Authorization header cannot have".to_owned());
    }
    Ok(Secret::new(text))
}

/// An origin that the component calls or names: https, or http on this machine.
pub(in crate::settings) fn origin(text: &str) -> Result<Origin, String> {
    bare_origin(text, &secure_url(text)?)
}

/// Origins of which each is an [`origin`].
pub(in crate::settings) fn origins(text: &str) -> Result<Vec<Origin>, String> {
    list(text, |entry| {
        origin(entry).map_err(|what| format!("has an entry that {what}"))
    })
}

/// An origin inside of a cluster: the component's own, as an ingress reaches it, or an app's. Plain http is
/// possible there: Spin serves no TLS.
pub(in crate::settings) fn any_origin(text: &str) -> Result<Origin, String> {
    let url = Url::parse(text).map_err(|e| format!("is not a URL ({e})"))?;
    bare_origin(text, &url)
}

fn bare_origin(text: &str, url: &Url) -> Result<Origin, String> {
    let origin = Origin::of(url).ok_or("is not an http or https origin")?;
    if text != origin.as_str() {
        return Err(format!(
            "is more than an origin (a path, a query, a trailing slash, upper case, a default \
             port); write {origin}"
        ));
    }
    Ok(origin)
}

/// An [`origin`] that must be set.
pub(in crate::settings) fn present_origin(text: &str) -> Result<Origin, String> {
    if text == ABSENT_ORIGIN {
        return Err("is not set".to_owned());
    }
    origin(text)
}

/// Spin needs an origin for each grant, so [`ABSENT_ORIGIN`] stands for one that is not set.
pub(in crate::settings) fn maybe_origin(text: &str) -> Result<Option<Origin>, String> {
    if text == ABSENT_ORIGIN {
        return Ok(None);
    }
    origin(text).map(Some)
}

/// The same for an app, which may speak plain http inside of a cluster.
pub(in crate::settings) fn maybe_any_origin(text: &str) -> Result<Option<Origin>, String> {
    if text == ABSENT_ORIGIN {
        return Ok(None);
    }
    any_origin(text).map(Some)
}

pub(in crate::settings) fn redirect_uri(text: &str) -> Result<Url, String> {
    let url = secure_url(text)?;
    let is_served = REDIRECT_PATHS.contains(&url.path());
    if !is_served || url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "does not end in the path {}, which this proxy serves",
            REDIRECT_PATHS.join(" or ")
        ));
    }
    if url.as_str() != text {
        return Err(format!("is not written as it is registered; write {url}"));
    }
    Ok(url)
}

/// An address to which browsers are led, exactly as it is registered somewhere.
pub(in crate::settings) fn exact_url(text: &str) -> Result<Url, String> {
    let url = secure_url(text)?;
    if url.fragment().is_some() {
        return Err("has a fragment, which no registered address has".to_owned());
    }
    if url.as_str() != text {
        return Err(format!("is not written as it is registered; write {url}"));
    }
    Ok(url)
}

/// An address without user and password: https, or http on this machine.
pub(super) fn secure_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|e| format!("is not a URL ({e})"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or password".to_owned());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err("is http, which is allowed only on localhost".to_owned()),
        other => Err(format!("has the scheme {other}; https is wanted")),
    }
}
