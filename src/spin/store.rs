//! Spin's key-value store, opened at most once for each request: with Redis, opening is a round trip.

use std::cell::OnceCell;

use spin_sdk::wit::wasi::keyvalue::store::{self, Error};
use spin_sdk::wit::wasi::keyvalue::{atomics, batch};

use super::Spin;
use crate::platform::{KeyValue, StoreError};

/// The label in `spin.toml` and `runtime-config.toml`.
const LABEL: &str = "default";

/// The store, once it is needed.
#[derive(Default)]
pub(super) struct Bucket(OnceCell<store::Bucket>);

impl Bucket {
    fn open(&self) -> Result<&store::Bucket, StoreError> {
        if let Some(bucket) = self.0.get() {
            return Ok(bucket);
        }
        let bucket = store::open(LABEL).map_err(error)?;
        Ok(self.0.get_or_init(|| bucket))
    }
}

impl KeyValue for Spin {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.bucket.open()?.get(key).map_err(error)
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.bucket.open()?.set(key, value).map_err(error)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.bucket.open()?.delete(key).map_err(error)
    }

    async fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        batch::delete_many(self.bucket.open()?, keys).map_err(error)
    }

    async fn exists(&self, key: &str) -> Result<bool, StoreError> {
        self.bucket.open()?.exists(key).map_err(error)
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        atomics::increment(self.bucket.open()?, key, delta).map_err(error)
    }
}

fn error(error: Error) -> StoreError {
    StoreError(match error {
        Error::NoSuchStore => format!("there is no store `{LABEL}`"),
        Error::AccessDenied => format!("spin.toml does not grant the store `{LABEL}`"),
        Error::Other(reason) => reason,
    })
}
