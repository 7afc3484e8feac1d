//! The settings of a callback.

use crate::aks;
use crate::gate::SessionSettings;
use crate::session::Interaction;
use crate::settings::{
    AdmissionSettings, AksConsent, AksSettings, AppOrigins, Client, FailureLimit, JobService,
    KubernetesAuth, Reader, SidecarSettings, Site, table,
};

pub(super) struct Settings {
    pub(super) client: Client,
    pub(super) site: Site,
    pub(super) sessions: SessionSettings,
    pub(super) oidc_scopes: String,
    pub(super) aks: AksSettings,
    pub(super) sidecar: SidecarSettings,
    pub(super) admission: AdmissionSettings,
    pub(super) failure_limit: FailureLimit,
    pub(super) consent: AksConsent,
    pub(super) jobs: Option<JobService>,
    pub(super) kubernetes_auth: KubernetesAuth,
    pub(super) apps: AppOrigins,
}

impl Settings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let site = Site::read(reader);
        let sessions = SessionSettings::read(reader);
        let oidc_scopes = reader.read(&table::OIDC_SCOPES);
        let aks = AksSettings::read(reader);
        let sidecar = SidecarSettings::read(reader);
        let admission = AdmissionSettings::read(reader, client.as_ref());
        let failure_limit = FailureLimit::read(reader);
        let consent = AksConsent::read(reader);
        let jobs = JobService::read(reader);
        let kubernetes_auth = reader.read(&table::KUBERNETES_AUTH);
        let apps = AppOrigins::read(site.as_ref(), reader);
        Some(Self {
            client: client?,
            site: site?,
            sessions: sessions?,
            oidc_scopes: oidc_scopes?,
            aks: aks?,
            sidecar: sidecar?,
            admission: admission?,
            failure_limit: failure_limit?,
            consent: consent?,
            jobs: jobs?,
            kubernetes_auth: kubernetes_auth?,
            apps: apps?,
        })
    }

    /// Whether kubelogin takes over after `interaction`.
    pub(super) fn goes_to_kubelogin(&self, interaction: &Interaction) -> bool {
        self.consent != AksConsent::Only && aks::leads_to_kubelogin(interaction)
    }
}
