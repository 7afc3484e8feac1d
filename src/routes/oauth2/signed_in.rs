//! The user who is signed in at an app.

use super::place::Place;
use crate::admission::{Door, admit_known};
use crate::apps::Facts;
use crate::call::Call;
use crate::entra::Entra;
use crate::gate::SessionSettings;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::Request;
use crate::session::app::{self, AppRecord};
use crate::session::{self, Claims, Live};
use crate::settings::{AdmissionSettings, AksSettings, Client, Reader, SidecarSettings};
use crate::store::Records;
use crate::terms::Origin;

/// The settings for finding the user.
pub(crate) struct AppSettings {
    pub(crate) place: Place,
    pub(crate) sessions: SessionSettings,
    pub(crate) client: Client,
    pub(crate) sidecar: SidecarSettings,
    pub(crate) admission: AdmissionSettings,
    pub(crate) aks: AksSettings,
}

impl AppSettings {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let place = Place::read(reader);
        let sessions = SessionSettings::read(reader);
        let client = Client::read(reader);
        let sidecar = SidecarSettings::read(reader);
        let admission = AdmissionSettings::read(reader, client.as_ref());
        let aks = AksSettings::read(reader);
        Some(Self {
            place: place?,
            sessions: sessions?,
            client: client?,
            sidecar: sidecar?,
            admission: admission?,
            aks: aks?,
        })
    }

    /// The store.
    pub(crate) fn records<'a, P: Platform>(&'a self, call: &Call<'a, P>) -> Records<'a, P> {
        Records {
            platform: call.platform,
            keyring: &self.sessions.keyring,
        }
    }

    /// How far the clocks of Entra and this host may be apart, in seconds.
    pub(crate) fn clock_tolerance(&self) -> u64 {
        self.sessions.lifetimes.clock_tolerance
    }

    /// The check of the rules of admission.
    pub(crate) fn door<'a, P: Platform>(
        &'a self,
        entra: &'a Entra<'a, P>,
        records: &'a Records<'a, P>,
    ) -> Door<'a, P> {
        Door {
            entra,
            records,
            settings: &self.admission,
            clock_tolerance: self.clock_tolerance(),
        }
    }
}

/// A user who is signed in at an app.
pub(crate) struct SignedIn {
    pub(crate) app: Live<AppRecord>,
    pub(crate) claims: Claims,
}

/// The user of the app at `here`, by the app cookie of `request`, if there is one. This counts as use.
///
/// # Errors
/// When the store fails, which signs nobody out. When the rules of admission no longer admit the user, whose
/// sign-in is then ended.
pub(crate) async fn signed_in<P: Platform>(
    call: &Call<'_, P>,
    request: &Request,
    settings: &AppSettings,
    here: &Origin,
) -> Result<Option<SignedIn>, Failure> {
    let records = settings.records(call);
    let AppSettings {
        place, sessions, ..
    } = settings;
    let scope = place.scope(here);
    let handle = app::cookie::handle(request, &sessions.cookies, &scope);
    let Some(handle) = handle else {
        return Ok(None);
    };
    let idle = sessions.lifetimes.idle;
    let Some(app) = app::open(&records, handle, &scope, idle).await? else {
        return Ok(None);
    };
    let Some(claims) = app.holder().claims(&records).await? else {
        return Ok(None);
    };
    if let Err(refusal) = admit_known(&settings.admission, &claims) {
        session::end(&records, &app.holder()).await?;
        return Err((*refusal).into());
    }
    Ok(Some(SignedIn { app, claims }))
}

/// The facts that rules and headers need of `claims`.
pub(crate) fn facts(claims: &Claims) -> Facts<'_> {
    Facts {
        user: &claims.user,
        upn: claims.upn.as_deref(),
        groups: &claims.groups,
        roles: &claims.roles,
    }
}
