//! The settings in groups. A function reads each group that it needs as a whole.

mod admission;
mod aks;
mod app_tokens;
mod apps;
mod bearers;
mod branding;
mod client;
mod component;
mod consent;
mod cookies;
mod failure_limit;
mod group_names;
mod kubernetes;
mod lifetimes;
mod redis;
mod shown_apps;
mod sidecar;
mod site;
mod upstream_slots;
mod upstreams;

pub use self::admission::AdmissionSettings;
pub use self::aks::AksSettings;
pub use self::app_tokens::{AppToken, AppTokens};
pub use self::apps::{AppOrigins, ForwardAuth};
pub use self::bearers::Bearers;
pub use self::branding::Branding;
pub use self::client::Client;
pub use self::component::{app_authorities, component_url};
pub use self::consent::JobService;
pub use self::cookies::CookieSettings;
pub(crate) use self::cookies::split_prefix;
pub use self::failure_limit::FailureLimit;
pub use self::group_names::GroupNames;
pub use self::kubernetes::{
    KubeconfigSettings, KubernetesSettings, Naming, kubernetes_host, tunnel_token,
};
pub use self::lifetimes::{LONGEST_SESSION, Lifetimes};
pub use self::redis::{RedisAccess, RedisEntra, RedisPassword};
pub use self::shown_apps::{Icons, ShownApps};
pub use self::sidecar::SidecarSettings;
pub use self::site::Site;
pub use self::upstream_slots::fill_slots;
pub use self::upstreams::{app_hosts, app_origins, check_upstreams};
