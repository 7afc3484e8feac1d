//! Key-value stores.

mod backend;
mod redis;
mod result;
mod sqlite;
mod store;

pub(crate) use self::backend::Backend;
pub use self::redis::{Login, Password, RedisSettings, Sentinels};
pub(crate) use self::redis::{Redis, Unfit};
pub(crate) use self::sqlite::{Location, Sqlite};
pub use self::store::Store;
