//! The settings of the reverse proxy.

use ipnet::IpNet;

use crate::routes::oauth2::AppSettings;
use crate::settings::{AksConsent, Bearers, Reader, check_upstreams, table};

/// The settings of the reverse proxy.
pub(super) struct Settings {
    /// The upstreams are in the place.
    pub(super) app: AppSettings,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) consent: AksConsent,
    /// The most lasting requests of one user.
    pub(super) streams: u64,
    pub(super) bearers: Bearers,
}

impl Settings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let app = AppSettings::read(reader);
        let place = app.as_ref().map(|app| &app.place);
        let upstreams = place.map_or(&[][..], |place| &place.apps.upstreams);
        check_upstreams(upstreams, place.map(|place| &place.site), reader);
        let trusted_proxies = reader.read_optional(&table::TRUSTED_PROXIES);
        let consent = AksConsent::read(reader);
        let streams = reader.read(&table::UPSTREAMS_MAX_STREAMS);
        let bearers = Bearers::read(app.as_ref().map(|app| &app.aks), reader);
        Some(Self {
            app: app?,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            consent: consent?,
            streams: streams?,
            bearers: bearers?,
        })
    }
}
