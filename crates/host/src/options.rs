//! How a host is set up.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use egress::Proxies;
use ipnet::IpNet;

use crate::RedisSettings;

/// What an application is loaded from.
#[derive(Clone, Debug)]
pub struct Options {
    /// The path of `spin.toml`.
    pub manifest: PathBuf,
    /// The path of `runtime-config.toml`. Without one there is the store `default`, in
    /// `<state_dir>/sqlite_key_value.db`.
    pub runtime_config: Option<PathBuf>,
    /// What `runtime-config.toml` cannot say of stores of the type `redis`.
    pub redis: RedisSettings,
    /// Where the compilation cache is, and the store if no runtime configuration says otherwise.
    pub state_dir: PathBuf,
    /// The most instances at once, which is the most requests in flight.
    pub max_instances: u32,
    /// The most of these of one client address (an IPv6 client has its /64).
    pub max_instances_per_client: u32,
    /// The proxies whose `X-Forwarded-For` says which client it is.
    pub trusted_proxies: Vec<IpNet>,
    /// How long a component's outgoing call may take to connect, to begin its answer and between two
    /// pieces of it, where the component says nothing else. Spin's are 600 seconds.
    pub outbound_limit: Duration,
    /// The proxies by which components' calls leave, and who is called without one.
    pub proxies: Proxies,
    /// Values of the application's variables, by name; the manifest's defaults fill in the others.
    pub variables: BTreeMap<String, String>,
}
