//! Runs this repository's `spin.toml` as Spin 3.6 does: for development, for tests, and in clusters
//! without SpinKube.
//!
//! What the manifest or the runtime configuration asks for and this host does not know is an error
//! with its line, never ignored. Routes, grants, variables and the key-value file are Spin's, so
//! that an installation can change from one to the other.

mod activity;
mod app;
mod body;
mod client_tls;
mod connect;
mod engine;
mod error;
mod exchange;
mod grants;
mod guest;
mod headers;
mod hop_by_hop;
mod instance;
mod intercept;
mod key_value;
mod leash;
mod listener;
mod log;
mod manifest;
mod outbound;
mod pool;
mod refusal;
mod routes;
mod runtime_config;
mod server;
mod template;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub use self::app::App;
pub use self::body::{Body, BodyError};
pub use self::error::LoadError;
pub use self::intercept::{Client, Intercept, Intercepted};
pub use self::listener::Listener;
pub use self::manifest::Manifest;

/// What an application is loaded from.
#[derive(Clone, Debug)]
pub struct Options {
    /// The path of `spin.toml`.
    pub manifest: PathBuf,
    /// The path of `runtime-config.toml`. Without one there is the store `default`, in
    /// `<state_dir>/sqlite_key_value.db`.
    pub runtime_config: Option<PathBuf>,
    /// Where the compilation cache is, and the store if no runtime configuration says otherwise.
    pub state_dir: PathBuf,
    /// The most instances at once, which is the most requests in flight.
    pub max_instances: u32,
    /// How long a component's outgoing call may take to connect, to begin its answer and between two
    /// pieces of it, where the component says nothing else. Spin's are 600 seconds.
    pub outbound_limit: Duration,
    /// Values of the application's variables, by name; the manifest's defaults fill in the others.
    pub variables: BTreeMap<String, String>,
}
