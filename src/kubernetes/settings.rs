//! The settings of everything that leads to the API server.

use kubernetes_host::KubernetesHost;

use crate::addresses::KUBERNETES;
use crate::settings::{
    AdmissionSettings, AksSettings, Client, KubernetesSettings, Lifetimes, Reader, SidecarSettings,
    Site, kubernetes_host,
};
use crate::store::Keyring;
use crate::terms::Origin;

/// The settings of everything that leads to the API server.
pub(crate) struct Settings {
    pub(crate) kubernetes: KubernetesSettings,
    /// The host that is the API server's alone.
    pub(super) own_host: Option<KubernetesHost>,
    pub(crate) keyring: Keyring,
    /// Where people sign in.
    pub(crate) public_url: Origin,
    pub(super) client: Client,
    pub(super) lifetimes: Lifetimes,
    pub(super) aks: AksSettings,
    pub(super) sidecar: SidecarSettings,
    pub(super) admission: AdmissionSettings,
}

impl Settings {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let kubernetes = KubernetesSettings::read(reader);
        let keyring = Keyring::read(reader);
        let site = Site::read(reader);
        let public_url = Site::read_public_url(site.as_ref(), reader);
        let own_host = kubernetes_host(site.as_ref(), reader);
        let client = Client::read(reader);
        let lifetimes = Lifetimes::read(reader);
        let aks = AksSettings::read(reader);
        let sidecar = SidecarSettings::read(reader);
        let admission = AdmissionSettings::read(reader, client.as_ref());
        Some(Self {
            kubernetes: kubernetes?,
            own_host,
            keyring: keyring?,
            public_url: public_url?,
            client: client?,
            lifetimes: lifetimes?,
            aks: aks?,
            sidecar: sidecar?,
            admission: admission?,
        })
    }

    /// The path below which a client that asks for `authority` finds the API server.
    pub(super) fn prefix(&self, authority: &str) -> &'static str {
        match &self.own_host {
            Some(host) if host.is(authority) => "",
            _ => KUBERNETES,
        }
    }
}
