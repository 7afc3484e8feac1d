//! Spin's key-value store.

use spin_sdk::wit::wasi::keyvalue::{atomics, batch};

use super::bucket::error;
use super::world::Spin;
use crate::platform::{KeyValue, StoreError};

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
