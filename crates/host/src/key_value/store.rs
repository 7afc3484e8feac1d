//! A store as it is seen without a component.

use super::backend::Backend;
use super::redis::Unfit;

/// A store of `runtime-config.toml`. Calls of SQLite may wait for the disk, and block their thread.
pub struct Store {
    label: String,
    backend: Backend,
}

/// Calls the same method of whichever it is.
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

    /// What it is and where, without any password.
    pub fn place(&self) -> String {
        match &self.backend {
            Backend::Redis(redis) => format!("Redis at {}", redis.place()),
            Backend::Sqlite(sqlite) => format!("SQLite in {}", sqlite.place()),
        }
    }

    /// Connects, and asks what is there, as `serve` does before it listens.
    ///
    /// # Errors
    /// When there is no connection, or what is there is nothing that a store can be in.
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
    /// When it cannot be told.
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

    /// Adds `delta` to the counter at `key`; gives what it is then.
    ///
    /// # Errors
    /// When it cannot be counted.
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
