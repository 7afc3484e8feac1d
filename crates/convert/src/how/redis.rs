//! The Redis with the sessions.

use url::Url;

use super::lines::{list, note, one};
use crate::row::Line::{self, Note, Redis, Setting};

/// The address of Redis, without its password.
pub(crate) fn redis_address(values: &[String]) -> Vec<Line> {
    let Ok(mut url) = Url::parse(one(values)) else {
        return note("not taken: it is no URL");
    };
    let mut lines = Vec::new();
    if url.password().is_some() {
        lines.push(Note(PASSWORD.to_owned()));
    }
    if !url.username().is_empty() {
        lines.push(Setting("REDIS_USERNAME", url.username().to_owned()));
    }
    if url.set_password(None).is_err() || url.set_username("").is_err() {
        return note("not taken: it names no host");
    }
    lines.push(Redis(url.to_string()));
    lines
}

const PASSWORD: &str =
    "the password is left out: use store.redis.existingSecret in the chart, or REDIS_PASSWORD_FILE";

/// A password goes into no file that is printed.
pub(crate) fn redis_password(_: &[String]) -> Vec<Line> {
    note(PASSWORD)
}

/// The user at Redis.
pub(crate) fn redis_username(values: &[String]) -> Vec<Line> {
    vec![Setting("REDIS_USERNAME", one(values).to_owned())]
}

/// The Sentinels, by host and port; and whether TLS is used, by the address of the first.
pub(crate) fn sentinels(values: &[String]) -> Vec<Line> {
    let urls: Vec<Url> = values
        .iter()
        .filter_map(|value| Url::parse(value).ok())
        .collect();
    let address = |url: &Url| {
        let port = url.port().unwrap_or(26379);
        url.host_str().map(|host| format!("{host}:{port}"))
    };
    let addresses: Vec<_> = urls.iter().filter_map(address).collect();
    let mut lines = list("REDIS_SENTINELS", addresses.iter().map(String::as_str));
    if let Some(first) = urls.first() {
        let scheme = first.scheme();
        lines.push(Redis(format!(
            "{scheme}://{}/0",
            addresses.first().map_or("", String::as_str)
        )));
        lines.push(Note(
            "of the address only TLS and the database count; its host is not asked".to_owned(),
        ));
    }
    lines
}

/// What the Sentinels call the primary.
pub(crate) fn sentinel_service(values: &[String]) -> Vec<Line> {
    vec![Setting("REDIS_SENTINEL_SERVICE", one(values).to_owned())]
}
