//! `wasi:keyvalue` 0.2.0-draft2, as Spin implements it.

mod sqlite;

use std::sync::Arc;

use wasmtime::component::Resource;

pub(crate) use self::sqlite::{Location, Sqlite};
use crate::guest::State;
use crate::guest::bindings::wasi::keyvalue::atomics::{self, CasError};
use crate::guest::bindings::wasi::keyvalue::batch;
use crate::guest::bindings::wasi::keyvalue::store::{self, Error, KeyResponse};

#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
/// An open store. Public as far as the generated bindings name it, and no further.
pub struct Bucket {
    label: String,
    store: Arc<Sqlite>,
}

#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
/// A compare-and-swap: never made, since Redis has none that works (see `docs/adr`).
pub enum Cas {}

/// The outer error is a handle that the component does not have, which is a trap.
type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl State {
    fn bucket(&self, bucket: &Resource<Bucket>) -> wasmtime::Result<&Bucket> {
        Ok(self.table.get(bucket)?)
    }
}

impl store::Host for State {
    fn open(&mut self, label: String) -> Answer<Resource<Bucket>> {
        let Some(store) = self.grants.stores.get(&label).cloned() else {
            return Ok(Err(Error::AccessDenied));
        };
        if let Err(reason) = store.open() {
            return Ok(Err(Error::Other(reason)));
        }
        Ok(Ok(self.table.push(Bucket { label, store })?))
    }
}

impl store::HostBucket for State {
    fn get(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>> {
        let Bucket { label, store } = self.bucket(&bucket)?;
        Ok(store.get(label, &key).map_err(Error::Other))
    }

    fn set(&mut self, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()> {
        let Bucket { label, store } = self.bucket(&bucket)?;
        Ok(store.set(label, &key, &value).map_err(Error::Other))
    }

    fn delete(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<()> {
        let Bucket { label, store } = self.bucket(&bucket)?;
        Ok(store.delete(label, &key).map_err(Error::Other))
    }

    fn exists(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<bool> {
        let Bucket { label, store } = self.bucket(&bucket)?;
        Ok(store.exists(label, &key).map_err(Error::Other))
    }

    fn list_keys(
        &mut self,
        bucket: Resource<Bucket>,
        cursor: Option<String>,
    ) -> Answer<KeyResponse> {
        if cursor.is_some() {
            return Ok(Err(Error::Other("there are no cursors".to_owned())));
        }
        let Bucket { label, store } = self.bucket(&bucket)?;
        let keys = store.keys(label).map_err(Error::Other);
        Ok(keys.map(|keys| KeyResponse { keys, cursor: None }))
    }

    fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl atomics::Host for State {
    fn increment(&mut self, bucket: Resource<Bucket>, key: String, delta: i64) -> Answer<i64> {
        let Bucket { label, store } = self.bucket(&bucket)?;
        Ok(store.increment(label, &key, delta).map_err(Error::Other))
    }

    fn swap(&mut self, cas: Resource<Cas>, _: Vec<u8>) -> wasmtime::Result<Result<(), CasError>> {
        match *self.table.get(&cas)? {}
    }
}

impl atomics::HostCas for State {
    fn new(&mut self, _: Resource<Bucket>, _: String) -> Answer<Resource<Cas>> {
        Ok(Err(Error::Other(
            "this host has no compare-and-swap".to_owned(),
        )))
    }

    fn current(&mut self, cas: Resource<Cas>) -> Answer<Option<Vec<u8>>> {
        match *self.table.get(&cas)? {}
    }

    fn drop(&mut self, cas: Resource<Cas>) -> wasmtime::Result<()> {
        match self.table.delete(cas)? {}
    }
}

impl batch::Host for State {
    fn get_many(
        &mut self,
        bucket: Resource<Bucket>,
        keys: Vec<String>,
    ) -> Answer<Vec<(String, Option<Vec<u8>>)>> {
        let Bucket { label, store } = self.bucket(&bucket)?;
        let pair = |key: String| store.get(label, &key).map(|value| (key, value));
        Ok(keys
            .into_iter()
            .map(pair)
            .collect::<Result<_, _>>()
            .map_err(Error::Other))
    }

    fn set_many(&mut self, bucket: Resource<Bucket>, pairs: Vec<(String, Vec<u8>)>) -> Answer<()> {
        let Bucket { label, store } = self.bucket(&bucket)?;
        Ok(store.set_many(label, &pairs).map_err(Error::Other))
    }

    fn delete_many(&mut self, bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<()> {
        let Bucket { label, store } = self.bucket(&bucket)?;
        Ok(store.delete_many(label, &keys).map_err(Error::Other))
    }
}
