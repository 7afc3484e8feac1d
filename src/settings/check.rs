//! Checks all settings.

use super::groups::{
    AdmissionSettings, AksSettings, AppOrigins, AppTokens, Bearers, Branding, Client,
    CookieSettings, FailureLimit, ForwardAuth, GroupNames, JobService, KubeconfigSettings,
    KubernetesSettings, Lifetimes, ShownApps, SidecarSettings, Site, check_upstreams,
    kubernetes_host, tunnel_token,
};
use super::reader::{Misconfigured, Reader};
use super::table;
use super::values::consent::AksConsent;

/// Checks every setting of the component at once, as `serve` does before it listens.
///
/// `source` gives the value of a setting by its name in lower case, which is the Spin variable's.
///
/// # Errors
/// With all problems, each naming its setting.
pub fn check_all(source: &dyn Fn(&str) -> Option<String>) -> Result<(), Misconfigured> {
    let mut reader = Reader::new(source);
    let client = Client::read(&mut reader);
    let site = Site::read(&mut reader);
    Site::read_public_url(site.as_ref(), &mut reader);
    Site::read_after_logout(site.as_ref(), &mut reader);
    reader.read(&table::SESSION_SECRET);
    reader.read(&table::SESSION_RECORD_FORMAT);
    CookieSettings::read(&mut reader);
    let lifetimes = Lifetimes::read(&mut reader);
    reader.read(&table::OIDC_SCOPES);
    let aks = AksSettings::read(&mut reader);
    AppTokens::read(aks.as_ref(), &mut reader);
    Bearers::read(aks.as_ref(), &mut reader);
    reader.read(&table::EXPOSE_ACCESS_TOKEN);
    SidecarSettings::read(&mut reader);
    FailureLimit::read(&mut reader);
    ForwardAuth::read(&mut reader);
    if let Some(apps) = AppOrigins::read(site.as_ref(), &mut reader) {
        check_upstreams(&apps.upstreams, site.as_ref(), &mut reader);
        ShownApps::read(Some(&apps), &mut reader);
    }
    reader.read(&table::UPSTREAMS_MAX_STREAMS);
    AdmissionSettings::read(&mut reader, client.as_ref());
    GroupNames::read(&mut reader, client.as_ref());
    AksConsent::read(&mut reader);
    JobService::read(&mut reader);
    KubernetesSettings::read(&mut reader);
    kubernetes_host(site.as_ref(), &mut reader);
    KubeconfigSettings::read(lifetimes.as_ref(), &mut reader);
    tunnel_token(&mut reader);
    Branding::read(&mut reader);
    reader.finish(Some(()))
}
