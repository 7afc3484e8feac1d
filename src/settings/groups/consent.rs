//! What happens when the permission for AKS is missing, and which service runs kubelogin.

use super::sidecar::SidecarSettings;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::consent::AksConsent;
use crate::terms::{Origin, Secret};

impl AksConsent {
    /// Reads `AKS_CONSENT` and `KUBELOGIN_ENABLED`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let given = reader.read(&table::AKS_CONSENT);
        let kubelogin = reader.read(&table::KUBELOGIN_ENABLED);
        match (given?, kubelogin?) {
            (given, true) => Some(given),
            (Self::Auto, false) => Some(Self::Only),
            (_, false) => {
                reader.fault(&table::AKS_CONSENT, "needs KUBELOGIN_ENABLED=true");
                None
            }
        }
    }
}

/// The service that runs kubelogin.
#[derive(Clone)]
pub struct JobService {
    /// Its origin.
    pub url: Origin,
    /// The bearer token that it expects.
    pub token: Secret,
}

impl JobService {
    /// Reads `KUBELOGIN_URL` and `KUBELOGIN_TOKEN`, else `SIDECAR_URL` and `SIDECAR_TOKEN`. There
    /// is no service if `KUBELOGIN_ENABLED` is false.
    pub fn read(reader: &mut Reader<'_>) -> Option<Option<Self>> {
        if !reader.read(&table::KUBELOGIN_ENABLED)? {
            return Some(None);
        }
        let own_url = reader.read_optional(&table::KUBELOGIN_URL).flatten();
        let own_token = reader.read_optional(&table::KUBELOGIN_TOKEN);
        let Some(url) = own_url else {
            let SidecarSettings { url, token } = SidecarSettings::read(reader)?;
            return Some(Some(Self { url, token }));
        };
        if own_token.is_none() {
            reader.fault(&table::KUBELOGIN_TOKEN, "is not set");
        }
        let token = own_token?;
        Some(Some(Self { url, token }))
    }
}
