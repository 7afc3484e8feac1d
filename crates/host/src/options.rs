//! The options of a host.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use egress::Proxies;
use ipnet::IpNet;

use crate::RedisSettings;

/// The options of an application.
#[derive(Clone, Debug)]
pub struct Options {
    /// The path of `spin.toml`.
    pub manifest: PathBuf,
    /// The path of `runtime-config.toml`. Without it there is only the store `default`, in
    /// `<state_dir>/sqlite_key_value.db`.
    pub runtime_config: Option<PathBuf>,
    /// Redis settings that `runtime-config.toml` does not have.
    pub redis: RedisSettings,
    /// The directory of the compilation cache, and of the default store.
    pub state_dir: PathBuf,
    /// The most instances, and so requests in flight, at once.
    pub max_instances: u32,
    /// The most of these for one client address. An IPv6 client counts by its /64.
    pub max_instances_per_client: u32,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The default limit of a component's outgoing call: to connect, to begin its answer, and between two
    /// pieces of it. Spin's is 600 seconds.
    pub outbound_limit: Duration,
    /// The proxies of components' calls, and the hosts that are called without one.
    pub proxies: Proxies,
    /// Values of the application's variables, by name; the manifest's defaults fill in the others.
    pub variables: BTreeMap<String, String>,
}
