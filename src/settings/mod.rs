//! What the operator decides: names, defaults, checks and typed values.
//!
//! [`table`] and [`native`] are the only source of names, defaults, checks and documentation. A
//! function reads only the groups that it needs. So it sees, and reports on, only the settings that
//! it is granted.

mod advice;
mod check;
mod groups;
pub mod native;
mod reader;
mod setting;
pub mod table;
mod values;

#[cfg(test)]
mod tests;

pub use self::advice::advise;
pub use self::check::check_all;
pub(crate) use self::groups::split_prefix;
pub use self::groups::{
    AdmissionSettings, AksSettings, AppOrigins, AppToken, AppTokens, Bearers, Branding, Client,
    CookieSettings, FailureLimit, ForwardAuth, GroupNames, Icons, JobService, KubeconfigSettings,
    KubernetesSettings, LONGEST_SESSION, Lifetimes, Naming, RedisAccess, RedisEntra, RedisPassword,
    ShownApps, SidecarSettings, Site, app_authorities, app_hosts, app_origins, check_upstreams,
    component_url, fill_slots, kubernetes_host, tunnel_token,
};
pub use self::reader::{Fault, Misconfigured, Reader};
pub use self::setting::{Described, Fallback, Setting};
pub use self::values::admission::AllowedUser;
pub use self::values::apps::{CookieDomain, ForwardAuthProfile, ReturnOrigin};
pub use self::values::audience::Audience;
pub use self::values::brand::Accent;
pub use self::values::consent::AksConsent;
pub use self::values::kubernetes::{KubernetesAuth, UserClaim};
pub use self::values::pattern::{NamePattern, Part};
pub use self::values::picture::Picture;
pub use self::values::record_format::RecordFormat;
pub use self::values::same_site::SameSite;
pub use self::values::scope::ApiScope;
pub use self::values::shown_apps::ShownApp;
pub use self::values::upstreams::{
    AppClaim, ClaimHeader, METHODS, PathPrefix, Public, Upstream, UpstreamLimits, UpstreamPolicy,
    UpstreamToken,
};
