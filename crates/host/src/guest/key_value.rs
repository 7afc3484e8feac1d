//! `wasi:keyvalue` 0.2.0-draft2, as Spin implements it.

use wasmtime::component::Resource;

use super::bindings::wasi::keyvalue::atomics::{self, CasError};
use super::bindings::wasi::keyvalue::batch;
use super::bindings::wasi::keyvalue::store::{self, Error, KeyResponse};
use super::bucket::{Bucket, Cas};
use super::state::State;
use crate::key_value::Backend;

/// Calls the method on either kind of store, counted and traced.
macro_rules! either {
    ($state:ident, $bucket:expr, $method:ident($($argument:expr),*)) => {{
        let Bucket { label, backend } = $state.bucket($bucket)?;
        let operation = async {
            match backend {
                Backend::Redis(redis) => redis.$method($($argument),*).await,
                Backend::Sqlite(sqlite) => sqlite.$method(label $(, $argument)*),
            }
        };
        let (counts, trace) = (&$state.grants.counts, &$state.trace);
        let name = stringify!($method);
        let answer = counts.operation(trace, backend, name, operation).await;
        answer.map_err(Error::Other)
    }};
}

/// The outer error is an unknown handle, which is a trap.
type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl State {
    fn bucket(&self, bucket: &Resource<Bucket>) -> wasmtime::Result<&Bucket> {
        Ok(self.table.get(bucket)?)
    }
}

impl store::Host for State {
    async fn open(&mut self, label: String) -> Answer<Resource<Bucket>> {
        let Some(backend) = self.grants.stores.get(&label).cloned() else {
            return Ok(Err(Error::AccessDenied));
        };
        // The store is not asked: its first operation shows whether it is there, and saves a round trip.
        Ok(Ok(self.table.push(Bucket { label, backend })?))
    }
}

impl store::HostBucket for State {
    async fn get(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>> {
        Ok(either!(self, &bucket, get(&key)))
    }

    async fn set(&mut self, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()> {
        Ok(either!(self, &bucket, set(&key, &value)))
    }

    async fn delete(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<()> {
        Ok(either!(self, &bucket, delete(&key)))
    }

    async fn exists(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<bool> {
        Ok(either!(self, &bucket, exists(&key)))
    }

    async fn list_keys(
        &mut self,
        bucket: Resource<Bucket>,
        cursor: Option<String>,
    ) -> Answer<KeyResponse> {
        if cursor.is_some() {
            return Ok(Err(Error::Other("there are no cursors".to_owned())));
        }
        let keys = either!(self, &bucket, keys());
        Ok(keys.map(|keys| KeyResponse { keys, cursor: None }))
    }

    async fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl atomics::Host for State {
    async fn increment(
        &mut self,
        bucket: Resource<Bucket>,
        key: String,
        delta: i64,
    ) -> Answer<i64> {
        Ok(either!(self, &bucket, increment(&key, delta)))
    }

    async fn swap(
        &mut self,
        cas: Resource<Cas>,
        _: Vec<u8>,
    ) -> wasmtime::Result<Result<(), CasError>> {
        match *self.table.get(&cas)? {}
    }
}

impl atomics::HostCas for State {
    async fn new(&mut self, _: Resource<Bucket>, _: String) -> Answer<Resource<Cas>> {
        Ok(Err(Error::Other(
            "this host has no compare-and-swap".to_owned(),
        )))
    }

    async fn current(&mut self, cas: Resource<Cas>) -> Answer<Option<Vec<u8>>> {
        match *self.table.get(&cas)? {}
    }

    async fn drop(&mut self, cas: Resource<Cas>) -> wasmtime::Result<()> {
        match self.table.delete(cas)? {}
    }
}

impl batch::Host for State {
    async fn get_many(
        &mut self,
        bucket: Resource<Bucket>,
        keys: Vec<String>,
    ) -> Answer<Vec<(String, Option<Vec<u8>>)>> {
        let values = either!(self, &bucket, get_many(&keys));
        Ok(values.map(|values| keys.into_iter().zip(values).collect()))
    }

    async fn set_many(
        &mut self,
        bucket: Resource<Bucket>,
        pairs: Vec<(String, Vec<u8>)>,
    ) -> Answer<()> {
        Ok(either!(self, &bucket, set_many(&pairs)))
    }

    async fn delete_many(&mut self, bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<()> {
        Ok(either!(self, &bucket, delete_many(&keys)))
    }
}
