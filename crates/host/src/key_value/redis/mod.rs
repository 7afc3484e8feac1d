//! The key-value type `redis`. As in Spin, a value is a string at its key without a prefix, and a counter is
//! Redis' own. The label does not matter.
//!
//! Connections get lost: an idle one is closed, a primary becomes a replica, a password changes. A lost
//! connection is replaced, and a command is repeated where that is safe (ADR 0023).

mod address;
mod connection;
mod dial;
mod fate;
mod lane;
mod renewals;
mod sentinel;
mod settings;
mod store;
mod stream;
#[cfg(test)]
mod tests;
mod tls;
mod trouble;

pub use self::settings::{Login, Password, RedisSettings, Sentinels};
pub(crate) use self::store::{Redis, Unfit};
