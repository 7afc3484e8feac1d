//! What is examined.

use std::path::PathBuf;

use aks_oauth_proxy_component::settings::{Client, Fault, SidecarSettings, Site};
use aks_oauth_proxy_component::terms::{Origin, Secret};
use egress::Proxies;
use host::{LoadError, Surroundings};
use tunnel::Trust;

/// An installation, as its settings describe it. What is not there could not be read, and is among the
/// faults.
pub struct Installation {
    /// Everything that is wrong with the settings.
    pub faults: Vec<Fault>,
    /// What could be better in them.
    pub advice: Vec<Fault>,
    /// Stores and ways out.
    pub surroundings: Result<Surroundings, LoadError>,
    /// The registration with Entra.
    pub client: Option<Client>,
    /// How far clocks may be apart, in seconds.
    pub clock_tolerance: Option<u64>,
    /// The origin of Microsoft Graph.
    pub graph: Option<Origin>,
    /// Where the proxy is.
    pub site: Option<Site>,
    /// Where people reach it.
    pub public_url: Option<Origin>,
    /// The authority of its certificate, in PEM, if that is no public one.
    pub public_ca: Option<String>,
    /// Where the workload-identity token comes from.
    pub identity: Option<Identity>,
    /// What the webhook has set.
    pub webhook: Webhook,
    /// The API server.
    pub api_server: Option<Origin>,
    /// How the tunnel reaches it.
    pub tunnel: Option<TunnelWay>,
    /// Who runs kubelogin.
    pub kubelogin: Option<Kubelogin>,
}

/// Where the workload-identity token comes from.
pub enum Identity {
    /// A file, which the sidecar in the process of `serve` reads.
    File(PathBuf),
    /// A sidecar elsewhere.
    Sidecar(SidecarSettings),
}

/// The variables that the webhook of workload identity sets. The proxy does not read them.
#[derive(Default)]
pub struct Webhook {
    /// `AZURE_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `AZURE_TENANT_ID`.
    pub tenant_id: Option<String>,
    /// `AZURE_AUTHORITY_HOST`.
    pub authority_host: Option<String>,
}

/// How the tunnel reaches the API server.
pub struct TunnelWay {
    /// Where it may connect.
    pub origins: Vec<tunnel::Origin>,
    /// The proxies by which it does so.
    pub proxies: Proxies,
    /// Whom it trusts.
    pub trust: Trust,
}

/// Who runs kubelogin.
pub enum Kubelogin {
    /// Nobody.
    Off,
    /// The sidecar in the process of `serve`, with this program.
    Program(PathBuf),
    /// A sidecar elsewhere.
    Service {
        /// Its origin.
        url: Origin,
        /// Its bearer.
        token: Secret,
        /// The settings that say where it is, and what its bearer is.
        settings: [&'static str; 2],
    },
}
