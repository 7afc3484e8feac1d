//! A store used without a component.

use super::backend::Backend;
use super::redis::Unfit;

/// A store of `runtime-config.toml`. Calls of SQLite may wait for the disk, and block their thread.
pub struct Store {
    label: String,
    backend: Backend,
}

/// Calls the method on either kind of store.
macro_rules! either {
    ($store:expr, $method:ident($($argument:expr),*)) => {
        match &$store.backend {
            Backend::Redis(redis) => redis.$method($($argument),*).await,
            Backend::Sqlite(sqlite) => sqlite.$method(&$store.label $(, $argument)*),
        }
    };
}

impl Store {
    pub(crate) fn new(label: String, backend: Backend) -> Self {
        Self { label, backend }
    }

    /// Its kind and place, without a password.
    pub fn place(&self) -> String {
        match &self.backend {
            Backend::Redis(redis) => format!("Redis at {}", redis.place()),
            Backend::Sqlite(sqlite) => format!("SQLite in {}", sqlite.place()),
        }
    }

    /// Connects and checks the server, as `serve` does before it listens.
    ///
    /// # Errors
    /// When there is no connection, or the server is not fit for a store.
    pub async fn open(&self) -> Result<(), String> {
        match &self.backend {
            Backend::Redis(redis) => {
                redis.open().await?;
                let checked = redis.check().await;
                checked.map_err(|(Unfit::Never(reason) | Unfit::Away(reason))| reason)
            }
            Backend::Sqlite(sqlite) => sqlite.open(),
        }
    }

    /// The value at `key`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        either!(self, get(key))
    }

    /// The values at `keys`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, String> {
        either!(self, get_many(keys))
    }

    /// Whether there is anything at `key`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn exists(&self, key: &str) -> Result<bool, String> {
        either!(self, exists(key))
    }

    /// Writes `value` at `key`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn set(&self, key: &str, value: &[u8]) -> Result<(), String> {
        either!(self, set(key, value))
    }

    /// Adds `delta` to the counter at `key`; returns the sum.
    ///
    /// # Errors
    /// When the sum is not known.
    pub async fn increment(&self, key: &str, delta: i64) -> Result<i64, String> {
        either!(self, increment(key, delta))
    }

    /// Deletes what is at `key`.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub async fn delete(&self, key: &str) -> Result<(), String> {
        either!(self, delete(key))
    }
}
