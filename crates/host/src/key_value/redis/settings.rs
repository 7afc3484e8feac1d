//! What Spin's runtime configuration cannot say of Redis.

use std::fmt;
use std::path::PathBuf;

use tokio::sync::watch;

/// How the stores of the type `redis` are reached, beside what their address says.
#[derive(Clone, Debug, Default)]
pub struct RedisSettings {
    /// The user, where the address names none.
    pub username: Option<String>,
    /// Where the password comes from.
    pub password: Password,
    /// The Sentinels, which know the primary. Without them it is the server at the address.
    pub sentinels: Option<Sentinels>,
    /// A write is done when so many replicas have it too. 0 is the primary alone.
    pub wait_replicas: u32,
}

/// Where the password comes from. Its `Debug` shows none.
#[derive(Clone, Default)]
pub enum Password {
    /// The address has it, or there is none.
    #[default]
    OfAddress,
    /// This one.
    Given(String),
    /// The content of this file, without white space around it. It is read for each new connection.
    File(PathBuf),
    /// One that changes: each new one is sent over the connections that there are. Nothing while there is
    /// none yet.
    Changing(watch::Receiver<Option<Login>>),
}

/// A user and a password. Its `Debug` does not show the latter.
#[derive(Clone)]
pub struct Login {
    /// The user; [`RedisSettings::username`] goes before it.
    pub username: Option<String>,
    /// The password.
    pub password: String,
}

/// The Sentinels that watch over a primary and its replicas.
#[derive(Clone)]
pub struct Sentinels {
    /// `host:port` of each.
    pub addresses: Vec<String>,
    /// What they call the primary (`sentinel monitor NAME …`).
    pub service: String,
    /// Their own password, if they have one.
    pub password: Option<String>,
}

impl RedisSettings {
    /// Whether anything is set that only a store of the type `redis` can have.
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
