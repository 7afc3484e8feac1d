//! The app cookie.

use cookie::SameSite;

use super::record::AppRecord;
use super::scope::Scope;
use crate::platform::UnixTime;
use crate::request::Request;
use crate::session::cookies;
use crate::session::handle::Handle;
use crate::session::live::Live;
use crate::settings::{CookieSettings, split_prefix};
use crate::store::Keyring;

/// The handle in the request's app cookie. If there are different cookies of that name, none counts: a
/// sibling host may have planted one of them.
pub fn handle(
    request: &Request,
    settings: &CookieSettings,
    scope: &Scope,
) -> Option<Handle<AppRecord>> {
    Handle::parse(&request.cookie(&name(settings, scope))?)
}

/// Every handle in the request's app cookies, planted ones too. This is enough to sign out.
pub fn handles(
    request: &Request,
    settings: &CookieSettings,
    scope: &Scope,
) -> Vec<Handle<AppRecord>> {
    cookies::handles(request, &name(settings, scope)).collect()
}

/// The cookie for `app`, until it ends.
pub fn set(
    settings: &CookieSettings,
    app: &Live<AppRecord>,
    keyring: &Keyring,
    now: UnixTime,
) -> String {
    let value = app.handle.write(keyring);
    let lifetime = app.record.end.since(now);
    written(settings, &app.record.scope, value.reveal(), lifetime)
}

/// Deletes the cookie of this scope.
pub fn clear(settings: &CookieSettings, scope: &Scope) -> String {
    written(settings, scope, "", 0)
}

/// Its name. Where a prefix is possible it has one: of one host `__Host-`, so that no sibling host can
/// plant it; of a domain `__Secure-`, since a cookie with a `Domain` cannot have the other (RFC 6265bis,
/// section 4.1.3).
fn name(settings: &CookieSettings, scope: &Scope) -> String {
    let prefix = match (settings.secure, scope) {
        (false, _) => "",
        (true, Scope::Host(_)) => "__Host-",
        (true, Scope::Domain(_)) => "__Secure-",
    };
    let (_, base) = split_prefix(&settings.name);
    format!("{prefix}{base}_app")
}

/// Always `Lax`: people come to apps by links of other sites.
fn written(settings: &CookieSettings, scope: &Scope, value: &str, lifetime: u64) -> String {
    let name = name(settings, scope);
    let mut cookie = cookies::cookie(settings, &name, value, lifetime, SameSite::Lax);
    if let Some(domain) = scope.domain() {
        cookie.set_domain(domain);
    }
    cookie.to_string()
}
