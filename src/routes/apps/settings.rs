//! The settings of the reverse proxy.

use ipnet::IpNet;

use crate::gate::SessionSettings;
use crate::routes::oauth2::Place;
use crate::settings::{
    AdmissionSettings, AksConsent, AksSettings, Client, Reader, SidecarSettings, Upstream,
    read_upstreams, table,
};

/// The settings of the reverse proxy.
pub(super) struct Settings {
    pub(super) place: Place,
    pub(super) upstreams: Vec<Upstream>,
    pub(super) sessions: SessionSettings,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) client: Client,
    pub(super) aks: AksSettings,
    pub(super) consent: AksConsent,
    pub(super) sidecar: SidecarSettings,
    pub(super) admission: AdmissionSettings,
}

impl Settings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let place = Place::read(reader);
        let upstreams = read_upstreams(place.as_ref().map(|place| &place.site), reader);
        let sessions = SessionSettings::read(reader);
        let trusted_proxies = reader.read_optional(&table::TRUSTED_PROXIES);
        let client = Client::read(reader);
        let aks = AksSettings::read(reader);
        let consent = AksConsent::read(reader);
        let sidecar = SidecarSettings::read(reader);
        let admission = AdmissionSettings::read(reader, client.as_ref());
        Some(Self {
            place: place?,
            upstreams: upstreams?,
            sessions: sessions?,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            client: client?,
            aks: aks?,
            consent: consent?,
            sidecar: sidecar?,
            admission: admission?,
        })
    }
}
