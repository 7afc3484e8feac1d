//! Redis settings that Spin's runtime configuration does not have.

use std::fmt;
use std::path::PathBuf;

use tokio::sync::watch;

/// How stores of the type `redis` are reached, besides their address.
#[derive(Clone, Debug, Default)]
pub struct RedisSettings {
    /// The user, if the address has none.
    pub username: Option<String>,
    /// Where the password comes from.
    pub password: Password,
    /// The Sentinels that know the primary. Without them, the address is the server's.
    pub sentinels: Option<Sentinels>,
    /// How many replicas must have a write before it is done.
    pub wait_replicas: u32,
}

/// The source of the password. Its `Debug` does not show it.
#[derive(Clone, Default)]
pub enum Password {
    /// From the address, or none.
    #[default]
    OfAddress,
    /// This password.
    Given(String),
    /// The content of this file, without surrounding white space, read for each new connection.
    File(PathBuf),
    /// A password that changes: each new one is sent over existing connections. `None` until there is one.
    Changing(watch::Receiver<Option<Login>>),
}

/// A user and a password. Its `Debug` does not show the password.
#[derive(Clone)]
pub struct Login {
    /// The user; [`RedisSettings::username`] has precedence.
    pub username: Option<String>,
    /// The password.
    pub password: String,
}

/// The Sentinels that watch over a primary and its replicas.
#[derive(Clone)]
pub struct Sentinels {
    /// `host:port` of each.
    pub addresses: Vec<String>,
    /// Their name for the primary (`sentinel monitor NAME …`).
    pub service: String,
    /// Their own password, if they have one.
    pub password: Option<String>,
}

impl RedisSettings {
    /// Whether any setting is set that only the type `redis` has.
    pub(crate) fn is_set(&self) -> bool {
        self.username.is_some()
            || !matches!(self.password, Password::OfAddress)
            || self.sentinels.is_some()
            || self.wait_replicas > 0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OfAddress => "OfAddress",
            Self::Given(_) => "Given(…)",
            Self::File(_) => "File(…)",
            Self::Changing(_) => "Changing(…)",
        })
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Sentinels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sentinels")
            .field("addresses", &self.addresses)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}
