//! Spin's key-value store.

use spin_sdk::wit::wasi::keyvalue::{atomics, batch};

use super::bucket::error;
use super::world::Spin;
use crate::platform::{KeyValue, StoreError, one_by_one};

impl KeyValue for Spin {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.bucket.open()?.get(key).map_err(error)
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        // Spin's Redis has no `get-many` that works. A host that gives all variables is our own.
        if self.all_variables().is_none() {
            return one_by_one(self, keys).await;
        }
        let pairs = batch::get_many(self.bucket.open()?, keys).map_err(error)?;
        Ok(pairs.into_iter().map(|(_, value)| value).collect())
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
