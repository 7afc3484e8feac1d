//! Who is signed in at an app.

use super::place::Place;
use crate::apps::Facts;
use crate::call::Call;
use crate::gate::SessionSettings;
use crate::platform::Platform;
use crate::session::Claims;
use crate::session::app;
use crate::store::{Records, StoreFailure};
use crate::terms::Origin;

/// What is known of who is signed in at the app of origin `here`, by the app cookie; nothing if nobody is.
/// This use counts against idling.
///
/// # Errors
/// When the store fails, which signs nobody out.
pub(super) async fn signed_in<P: Platform>(
    call: &Call<'_, P>,
    sessions: &SessionSettings,
    place: &Place,
    here: &Origin,
) -> Result<Option<Claims>, StoreFailure> {
    let records = Records {
        platform: call.platform,
        keyring: &sessions.keyring,
    };
    let scope = place.scope(here);
    let handle = app::cookie::handle(call.request, &sessions.cookies, &scope);
    let Some(handle) = handle else {
        return Ok(None);
    };
    let idle = sessions.lifetimes.idle;
    match app::open(&records, handle, &scope, idle).await? {
        Some(app) => app.record.grant.claims(&records).await,
        None => Ok(None),
    }
}

/// What rules and headers need of `claims`.
pub(crate) fn facts(claims: &Claims) -> Facts<'_> {
    Facts {
        user: &claims.user,
        upn: claims.upn.as_deref(),
        groups: &claims.groups,
        roles: &claims.roles,
    }
}
