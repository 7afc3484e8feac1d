//! Apps behind the sign-in.

use url::{Host, Url};

use super::lines::{list, note, one, switch};
use crate::row::Line::{self, Note};

/// Where people may be led back.
///
/// Theirs is a host, perhaps with a port. A dot or `*.` in front adds all hosts below it to the host itself.
/// Scheme and port are the usual ones if none is written.
pub(crate) fn return_origins(values: &[String]) -> Vec<Line> {
    let mut origins = Vec::new();
    let mut notes = Vec::new();
    for entry in values {
        match origins_of(entry) {
            Ok(some) => origins.extend(some),
            Err(why) => notes.push(Note(format!("`{entry}` is not taken: {why}"))),
        }
    }
    lines("ALLOWED_RETURN_ORIGINS", origins, notes)
}

fn origins_of(entry: &str) -> Result<Vec<String>, &'static str> {
    if !entry.is_ascii() {
        return Err("browsers send its host in the form `xn--…`; write that");
    }
    if entry.ends_with(":*") {
        return Err("an origin has one port here; list each that people use");
    }
    let parent = entry.strip_prefix("*.").or_else(|| entry.strip_prefix('.'));
    let site = site(parent.unwrap_or(entry)).ok_or("it is no host")?;
    let itself = site.origin().ascii_serialization();
    if parent.is_none() {
        return Ok(vec![itself]);
    }
    match site.host() {
        Some(Host::Domain(domain)) if domain.contains('.') || domain == "localhost" => {
            let below = itself.replacen("https://", "*.", 1);
            Ok(vec![itself, below])
        }
        _ => Err("anybody could add a host to it, or it is an address"),
    }
}

/// Domains whose hosts share a cookie. A leading dot means nothing (RFC 6265, section 5.2.3).
pub(crate) fn cookie_domains(values: &[String]) -> Vec<Line> {
    let mut domains = Vec::new();
    let mut notes = Vec::new();
    for entry in values {
        match cookie_domain(entry.strip_prefix('.').unwrap_or(entry)) {
            Some(domain) => domains.push(domain),
            None => notes.push(Note(format!(
                "`{entry}` is not taken: it is no domain for which browsers take a cookie, in plain ASCII"
            ))),
        }
    }
    if !domains.is_empty() {
        notes.push(Note(
            "each app there can act as its users towards the others, as with oauth2-proxy; without COOKIE_DOMAINS each host has a cookie of its own".to_owned(),
        ));
    }
    lines("COOKIE_DOMAINS", domains, notes)
}

fn cookie_domain(text: &str) -> Option<String> {
    let site = site(text)?;
    match site.host()? {
        Host::Domain(domain) if domain.contains('.') && !text.contains(':') => {
            Some(domain.to_owned())
        }
        _ => None,
    }
}

/// A setting with each entry once, and sentences.
fn lines(name: &'static str, entries: Vec<String>, notes: Vec<Line>) -> Vec<Line> {
    let mut once: Vec<String> = Vec::new();
    for entry in entries {
        if !once.contains(&entry) {
            once.push(entry);
        }
    }
    let mut lines = list(name, once.iter().map(String::as_str));
    lines.extend(notes);
    lines
}

/// A host with or without a port, as the site that it has over https.
fn site(text: &str) -> Option<Url> {
    let is_more = |c: char| !c.is_ascii_graphic() || "/\\?#@".contains(c);
    if text.contains(is_more) {
        return None;
    }
    let url = Url::parse(&format!("https://{text}")).ok()?;
    let fits = match url.host()? {
        Host::Domain(name) => name.split('.').all(is_label),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    fits.then_some(url)
}

/// A label of a host name (RFC 1123, section 2.1; `_` occurs).
fn is_label(label: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !label.is_empty() && label.len() <= 63 && label.bytes().all(fits)
}

/// Whether apps get the ID token.
pub(crate) fn id_token(values: &[String]) -> Vec<Line> {
    switch("SET_AUTHORIZATION_HEADER", values)
}

/// What is behind it. With forward-auth that is an answer of its own.
pub(crate) fn upstreams(values: &[String]) -> Vec<Line> {
    match values.iter().all(|value| value.starts_with("static://")) {
        true => Vec::new(),
        false => note(
            "make an entry of `UPSTREAMS` of it (docs/http-apps.md): each app has a host of its own there",
        ),
    }
}

/// What its routes begin with.
pub(crate) fn prefix(values: &[String]) -> Vec<Line> {
    match one(values).trim_matches('/') {
        "oauth2" => Vec::new(),
        _ => note(
            "no counterpart: the routes for apps begin with /oauth2 here; change what names others",
        ),
    }
}

/// Where probes ask whether it runs.
pub(crate) fn ping(values: &[String]) -> Vec<Line> {
    match one(values) {
        "/ping" => Vec::new(),
        _ => note("no counterpart: the path is /ping or /livez here; change the probe"),
    }
}

/// Where probes ask whether its store is there.
pub(crate) fn ready(values: &[String]) -> Vec<Line> {
    match one(values) {
        "/ready" => Vec::new(),
        _ => note("no counterpart: the path is /ready or /readyz here; change the probe"),
    }
}
