//! The settings of the reverse proxy.

use ipnet::IpNet;

use crate::routes::oauth2::AppSettings;
use crate::settings::{AksConsent, Reader, Upstream, read_upstreams, table};

/// The settings of the reverse proxy.
pub(super) struct Settings {
    pub(super) app: AppSettings,
    pub(super) upstreams: Vec<Upstream>,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) consent: AksConsent,
}

impl Settings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let app = AppSettings::read(reader);
        let site = app.as_ref().map(|app| &app.place.site);
        let upstreams = read_upstreams(site, reader);
        let trusted_proxies = reader.read_optional(&table::TRUSTED_PROXIES);
        let consent = AksConsent::read(reader);
        Some(Self {
            app: app?,
            upstreams: upstreams?,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            consent: consent?,
        })
    }
}
