//! Programs that bring an access token from Entra in place of an app cookie.

use http::header;

use super::error::AppRefused;
use super::signed_in::AppSettings;
use crate::admission::admit_known;
use crate::call::Call;
use crate::entra::{Bearer, Entra, InvalidToken, TokenFailure};
use crate::log::Event;
use crate::platform::{Platform, UnixTime};
use crate::problem::{Failure, Tell};
use crate::request::{Request, client_address};
use crate::session::{self, Claims, Failures};
use crate::settings::Bearers;
use crate::store::Records;
use crate::terms::Secret;

/// The name of a line that is logged once a minute.
const REFUSED: &str = "refused bearer";

/// A valid access token.
pub(super) struct Known {
    pub(super) token: Secret,
    /// Its subject's claims.
    pub(super) claims: Claims,
    /// Its expiry.
    pub(super) ends: UnixTime,
}

/// The access token of `request` for one of our audiences, and its claims. `None` without one, or with
/// several bearers: a client's own `Authorization` may be for the app.
///
/// # Errors
/// When it is not valid, its subject is not admitted, too many tokens of this client have failed, or keys or
/// store are unavailable.
pub(super) async fn known_by<P: Platform>(
    call: &Call<'_, P>,
    request: &Request,
    settings: &AppSettings,
    bearers: &Bearers,
) -> Result<Option<Known>, Failure> {
    let Some(token) = only(request) else {
        return Ok(None);
    };
    let Some(bearer) = Bearer::read(&token, &bearers.audiences) else {
        return Ok(None);
    };
    let records = settings.records(call);
    let failures = failures(request, &records, bearers);
    if let Some(failures) = &failures {
        let count = failures.count(&records).await?;
        if u64::try_from(count).is_ok_and(|count| count >= bearers.limit.per_minute) {
            return Err(AppRefused::TooManyBearers(failures.left(&records)).into());
        }
    }
    let entra = Entra::new(call.platform, &settings.client, &settings.sidecar);
    let tolerance = settings.clock_tolerance();
    match entra.bearer(&records, &bearer, bearers, tolerance).await {
        Ok((claims, ends)) => {
            admit_known(&settings.admission, &claims).map_err(|refusal| *refusal)?;
            Ok(Some(Known {
                token,
                claims,
                ends,
            }))
        }
        Err(TokenFailure::Away(away)) => Err(away.into()),
        Err(TokenFailure::Invalid(invalid)) => {
            let mut has_left = match &failures {
                Some(failures) => failures.add(&records).await?,
                None => false,
            };
            // Anybody can send one, as often as they like.
            if session::is_first_of_its_minute(&records, REFUSED).await? {
                log(call, &invalid);
                has_left = true;
            }
            if has_left {
                session::sweep_a_little_beside(call, &records).await;
            }
            Err(AppRefused::Bearer(invalid).into())
        }
    }
}

/// The only bearer of `request`.
fn only(request: &Request) -> Option<Secret> {
    let mut values = request.headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (values.next(), values.next()) else {
        return None;
    };
    Bearer::within(only)
}

fn log<P: Platform>(call: &Call<'_, P>, invalid: &InvalidToken) {
    let detail = invalid.to_string();
    let refused = AppRefused::Bearer(invalid.clone());
    Event {
        outcome: refused.problem().kind(),
        detail: Some(&detail),
        ..call.event("refusal")
    }
    .log(call.platform);
}

/// The failures of this client, if they are limited. They count as failed sign-ins.
fn failures<P: Platform>(
    request: &Request,
    records: &Records<'_, P>,
    bearers: &Bearers,
) -> Option<Failures> {
    if bearers.limit.per_minute == 0 {
        return None;
    }
    let address = client_address(request, &bearers.limit.trusted_proxies)?;
    Some(Failures::of(records, address))
}
