//! The traits through which the component reaches the outside world.
//!
//! All decisions use only these traits, so they run natively with doubles. `spin/` is the only
//! adapter that knows the Spin SDK. An adapter for WASI 0.3 would need only these traits.

mod http;
mod relay;
mod time;

use std::fmt;

pub use self::http::{HttpClient, HttpError, Limits};
pub use self::relay::{Body, Carried, Exchange, Payload, Progress, Relay, RelayLimits};
pub use self::time::{Clock, UnixTime};

#[cfg(test)]
pub(crate) mod double;

/// Everything that a function may use of its environment.
pub trait Platform: Clock + Console + HttpClient + KeyValue + Random + Relay + Variables {}

impl<T: Clock + Console + HttpClient + KeyValue + Random + Relay + Variables> Platform for T {}

/// A source of unpredictable bytes, fit for secrets.
pub trait Random {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// 256 unpredictable bits.
    fn bytes32(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }
}

/// The application's variables that the function is granted.
pub trait Variables {
    /// The value of the variable `name` (lower case), or nothing if the function may not see it.
    fn variable(&self, name: &str) -> Option<String>;
}

/// Where log lines go.
pub trait Console {
    /// Writes one line; `line` holds no line break.
    fn print(&self, line: &str);
}

/// The key-value store: no expiry, no compare-and-swap, no scan (docs/sessions.md).
///
/// Keys consist of `[A-Za-z0-9_-]`. A write has reached the store when the call returns.
#[allow(
    async_fn_in_trait,
    reason = "no call crosses a thread: a component has one"
)]
pub trait KeyValue {
    /// The value of `key`.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The values of `keys`: in one question where the host has one for it, else one after the other, in this
    /// order. A counter has a value if there is one. It is the store's own, and means nothing else.
    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Sets `key`, whatever it was.
    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError>;

    /// Deletes `key`. A missing key is no error.
    async fn delete(&self, key: &str) -> Result<(), StoreError>;

    /// Deletes those of `keys` that exist. This is not atomic: a crash may leave some.
    async fn delete_many(&self, keys: &[String]) -> Result<(), StoreError>;

    /// Whether there is a value or a counter at `key`.
    async fn exists(&self, key: &str) -> Result<bool, StoreError>;

    /// Atomically adds `delta` to the counter at `key` and returns its new value. A missing counter
    /// starts at 0. Counters are never read with [`KeyValue::get`], but to know whether there is one.
    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError>;
}

/// [`KeyValue::get_many`] where the host has no question for it.
pub async fn one_by_one(
    store: &impl KeyValue,
    keys: &[String],
) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        values.push(store.get(key).await?);
    }
    Ok(values)
}

/// The store operation failed. Whether a write took effect is unknown.
#[derive(Clone, Debug)]
pub struct StoreError(pub String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
