//! The trip to Entra for what the token of an app needs: consent, or a stronger sign-in.
//!
//! For the app's own API it is an ordinary sign-in, which asks for that scope too. For AKS it is the trip that
//! `/whoami` makes. A check notes that its user is led, and the next sign-in at the app then begins with the trip.
//! Nobody is led again soon, whatever came of it (ADR 37).

use super::failure::AksFailure;
use crate::platform::{Platform, UnixTime};
use crate::session::attempt::LIFETIME;
use crate::session::{Holder, Scoped, Tokens, lease};
use crate::settings::ApiScope;
use crate::store::{Records, StoreFailure};

/// Within how many seconds a trip begins: the browser comes from the check.
const BEGINS: u64 = 60;

/// For which token somebody is led.
#[derive(Clone, Copy, Debug)]
pub enum Trip<'a> {
    /// That of the app's own API.
    Scope(&'a ApiScope),
    /// That of AKS.
    Aks,
}

impl Trip<'_> {
    fn led_at(self, tokens: &Tokens) -> Option<UnixTime> {
        match self {
            Self::Scope(scope) => tokens.scoped.get(scope.as_str())?.led_at,
            Self::Aks => tokens.aks_led_at,
        }
    }
}

/// What is asked for at Entra.
pub struct Wish<'a> {
    /// The scope of the app's API.
    pub scope: &'a str,
    /// Entra's claims challenge, which goes back to it.
    pub claims: Option<String>,
}

/// Whether the browser of `holder` is led to Entra now, which is then noted.
///
/// # Errors
/// When the store fails, or another request goes on changing the tokens for too long.
pub async fn leads<P: Platform>(
    records: &Records<'_, P>,
    clock_tolerance: u64,
    holder: &Holder<'_>,
    tokens: &Tokens,
    trip: Trip<'_>,
) -> Result<bool, StoreFailure> {
    let now = records.platform.now();
    if !may_lead(tokens, trip, now) {
        return Ok(false);
    }
    let note = |tokens: &mut Tokens| lead(tokens, trip, now);
    lease::change(records, clock_tolerance, holder, note).await?;
    Ok(true)
}

/// Whether a browser may be led to Entra: not twice for the same while one trip may last.
fn may_lead(tokens: &Tokens, trip: Trip<'_>, now: UnixTime) -> bool {
    // A moment that lies ahead is from a clock that has been set back.
    trip.led_at(tokens)
        .is_none_or(|led_at| now.since(led_at) >= LIFETIME || led_at > now)
}

/// Notes that one is.
fn lead(tokens: &mut Tokens, trip: Trip<'_>, now: UnixTime) {
    let scope = match trip {
        Trip::Scope(scope) => scope,
        Trip::Aks => return tokens.aks_led_at = Some(now),
    };
    let before = tokens.scoped.remove(scope.as_str()).unwrap_or_default();
    let scoped = Scoped {
        led_at: Some(now),
        ..before
    };
    tokens.keep_scoped(scope.as_str(), scoped);
}

/// Whether a check has led its user there a moment ago for the AKS token.
pub fn is_led_for_aks(tokens: &Tokens, now: UnixTime) -> bool {
    let led_at = tokens.aks_led_at;
    led_at.is_some_and(|led_at| led_at <= now && now.since(led_at) < BEGINS)
}

/// What is asked for by somebody whom a check has led there a moment ago for the token of an app's own API; nothing
/// if none has, or if the trip is over.
pub fn wish(tokens: &Tokens, now: UnixTime) -> Option<Wish<'_>> {
    let led = tokens.scoped.iter().filter_map(|(scope, scoped)| {
        let led_at = scoped.led_at.filter(|led_at| now.since(*led_at) < BEGINS)?;
        let setback = scoped.setback.as_ref()?;
        match setback.failure(now) {
            AksFailure::Interaction(kind, _) => Some((led_at, scope, kind)),
            _ => None,
        }
    });
    let (_, scope, kind) = led.max_by_key(|(led_at, ..)| *led_at)?;
    Some(Wish {
        scope,
        claims: kind.claims().map(str::to_owned),
    })
}
