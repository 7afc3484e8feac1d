//! The cookies that we set: the session's and the attempts'.

use std::collections::BTreeSet;

use cookie::time::Duration;
use cookie::{Cookie, SameSite};

use super::attempt::Attempt;
use super::handle::{Handle, Record};
use super::kept::{self, Kept};
use crate::addresses::LANGUAGE_COOKIE;
use crate::platform::{Random, UnixTime};
use crate::request::Request;
use crate::settings::{self, CookieSettings};
use crate::store::Keyring;
use crate::terms::Secret;
use crate::texts::Language;

/// The most attempts of one browser at once.
const ATTEMPTS: usize = 5;
/// The most that our cookies of one browser may weigh in total, in bytes.
const TOTAL: usize = 4000;
/// The most that a session cookie weighs, in bytes.
const SESSION: usize = 200;
/// How long an attempt's cookie is kept, in seconds: longer than the attempt, so that an old tab still
/// knows where it led.
const ATTEMPT_KEPT: u64 = 24 * 3600;
/// The most cookies that one answer clears.
const CLEARED: usize = 10;

/// Our cookies: their names with every prefix, and the beginnings of names, which end in `_`. No app gets
/// one of them, and none sets one.
pub fn names(cookies: &CookieSettings) -> Vec<String> {
    let (_, base) = settings::split_prefix(&cookies.name);
    let mut names = vec![cookies.name.clone(), LANGUAGE_COOKIE.to_owned()];
    for prefix in ["", "__Host-", "__Secure-"] {
        for end in ["", "_app", "_start_", "_attempt_"] {
            names.push([prefix, base, end].concat());
        }
    }
    names
}

/// The handle in the request's session cookie. If there are different cookies of that name, none
/// counts: a sibling host may have planted one of them.
pub fn session_handle(request: &Request, cookies: &CookieSettings) -> Option<Handle> {
    Handle::parse(&request.cookie(&cookies.name)?)
}

/// Every handle in the request's session cookies, planted ones too. This is enough to sign out.
pub fn session_handles(
    request: &Request,
    cookies: &CookieSettings,
) -> impl Iterator<Item = Handle> {
    handles(request, &cookies.name)
}

/// Every handle in the request's cookies of this name.
pub(super) fn handles<R: Record>(request: &Request, name: &str) -> impl Iterator<Item = Handle<R>> {
    let mut seen = BTreeSet::new();
    request
        .cookies_named(name)
        .filter(move |value| seen.insert(value.clone()))
        .filter_map(|value| Handle::parse(&value))
}

/// The session cookie for `handle`, for `lifetime` seconds.
pub fn set_session(
    cookies: &CookieSettings,
    handle: &Handle,
    keyring: &Keyring,
    lifetime: u64,
) -> String {
    let value = handle.write(keyring);
    written(
        cookies,
        &cookies.name,
        value.reveal(),
        lifetime,
        same_site(cookies),
    )
}

/// Deletes the session cookie.
pub fn clear_session(cookies: &CookieSettings) -> String {
    written(cookies, &cookies.name, "", 0, same_site(cookies))
}

/// The cookies that begin `attempt`: its own, and the deletion of others of its kind to make room for
/// it. Those that no longer open go first, then the oldest.
pub fn set_attempt<K: Kept>(
    request: &Request,
    cookies: &CookieSettings,
    keyring: &Keyring,
    attempt: &K,
    now: UnixTime,
    random: &impl Random,
) -> Vec<String> {
    let name = attempt.name(cookies);
    let sealed: Secret = attempt.seal(keyring, cookies, random);
    let prefix = K::prefix(cookies);
    let mut others: Vec<(UnixTime, String, usize)> = request
        .cookies_with_prefix(&prefix)
        .filter(|(name, _)| kept::is_name(&prefix, name))
        .map(|(name, value)| {
            let end = K::open(keyring, &name, &value)
                .map(|attempt| attempt.end())
                .filter(|end| now < *end)
                .unwrap_or_default();
            let weight = name.len() + value.len();
            (end, name, weight)
        })
        .collect();
    others.sort();
    let mut weight = SESSION + name.len() + sealed.reveal().len();
    let mut kept = 1;
    let lifetime = ATTEMPT_KEPT;
    let mut set = vec![written(
        cookies,
        &name,
        sealed.reveal(),
        lifetime,
        SameSite::Lax,
    )];
    let mut cleared = Vec::new();
    for (end, name, size) in others.iter().rev() {
        weight += size;
        kept += 1;
        if end.0 == 0 || kept > ATTEMPTS || weight > TOTAL {
            cleared.push(clear_attempt(cookies, name));
        }
    }
    // Those that do not open, and the oldest, go first.
    set.extend(cleared.into_iter().rev().take(CLEARED));
    set
}

/// Replaces the cookie of `attempt`, which is there already.
pub fn keep_attempt(
    cookies: &CookieSettings,
    keyring: &Keyring,
    attempt: &Attempt,
    random: &impl Random,
) -> String {
    let (name, sealed) = (
        attempt.cookie_name(cookies),
        attempt.seal(keyring, cookies, random),
    );
    written(cookies, &name, sealed.reveal(), ATTEMPT_KEPT, SameSite::Lax)
}

/// Deletes the attempt cookie `name`.
pub fn clear_attempt(cookies: &CookieSettings, name: &str) -> String {
    written(cookies, name, "", 0, SameSite::Lax)
}

fn same_site(cookies: &CookieSettings) -> SameSite {
    match cookies.same_site {
        settings::SameSite::Lax => SameSite::Lax,
        settings::SameSite::Strict => SameSite::Strict,
    }
}

/// The cookie that keeps a chosen language, for a year. It says nothing about anybody.
pub fn set_language(language: Language, secure: bool) -> String {
    Cookie::build((LANGUAGE_COOKIE, language.tag()))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .build()
        .to_string()
}

/// Always `HttpOnly`, host-only and for all paths (RFC 6265bis, section 4.1.2).
fn written(
    cookies: &CookieSettings,
    name: &str,
    value: &str,
    lifetime: u64,
    same_site: SameSite,
) -> String {
    cookie(cookies, name, value, lifetime, same_site).to_string()
}

/// A cookie of ours: always `HttpOnly`, for all paths.
pub(super) fn cookie<'a>(
    cookies: &CookieSettings,
    name: &'a str,
    value: &'a str,
    lifetime: u64,
    same_site: SameSite,
) -> Cookie<'a> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(cookies.secure)
        .same_site(same_site)
        .max_age(Duration::seconds(
            i64::try_from(lifetime).unwrap_or(i64::MAX),
        ))
        .build()
}
