//! The settings of `/whoami`.

use crate::gate::SessionSettings;
use crate::settings::{
    AdmissionSettings, AksConsent, AksSettings, Client, GroupNames, JobService, Reader,
    SidecarSettings, Site, table,
};

pub(super) struct Settings {
    pub(super) client: Client,
    pub(super) site: Site,
    pub(super) sessions: SessionSettings,
    pub(super) aks: AksSettings,
    pub(super) expose_access_token: bool,
    pub(super) sidecar: SidecarSettings,
    pub(super) admission: AdmissionSettings,
    pub(super) group_names: GroupNames,
    pub(super) consent: AksConsent,
    pub(super) jobs: Option<JobService>,
}

impl Settings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let client = Client::read(reader);
        let site = Site::read(reader);
        let sessions = SessionSettings::read(reader);
        let aks = AksSettings::read(reader);
        let expose_access_token = reader.read(&table::EXPOSE_ACCESS_TOKEN);
        let sidecar = SidecarSettings::read(reader);
        let admission = AdmissionSettings::read(reader, client.as_ref());
        let group_names = GroupNames::read(reader, client.as_ref());
        let consent = AksConsent::read(reader);
        let jobs = JobService::read(reader);
        Some(Self {
            client: client?,
            site: site?,
            sessions: sessions?,
            aks: aks?,
            expose_access_token: expose_access_token?,
            sidecar: sidecar?,
            admission: admission?,
            group_names: group_names?,
            consent: consent?,
            jobs: jobs?,
        })
    }
}
