//! Runs this repository's `spin.toml` as Spin 3.6 does, for development, for tests, and in clusters without
//! SpinKube.
//!
//! Anything in the manifest or the runtime configuration that this host does not know is an error with its
//! line. Routes, grants, variables and the key-value file are as in Spin, so that an installation can change
//! from one to the other.

mod app;
mod authority;
mod body;
mod call_error;
mod client_tls;
mod computing;
mod connect;
mod console;
mod counts;
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
mod log;
mod manifest;
mod options;
mod outbound;
mod places;
mod pool;
mod refusal;
mod routes;
mod runtime_config;
mod server;
mod surroundings;
mod template;
#[cfg(test)]
mod tests;
mod unread;
mod variables;
mod way;

pub use listener::Client;

pub use self::app::App;
pub use self::body::{Body, BodyError};
pub use self::call_error::CallError;
pub use self::counts::Counts;
pub use self::error::LoadError;
pub use self::intercept::{Intercept, Intercepted};
pub use self::key_value::Store;
pub use self::key_value::{Login, Password, RedisSettings, Sentinels};
pub use self::manifest::Manifest;
pub use self::options::Options;
pub use self::server::Server;
pub use self::surroundings::Surroundings;
