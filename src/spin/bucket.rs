//! Spin's key-value store. It is opened at most once for each request: with Redis, opening is a
//! round trip in Spin.

use std::cell::OnceCell;

use spin_sdk::wit::wasi::keyvalue::store::{self, Error};

use crate::platform::StoreError;

/// The label in `spin.toml` and `runtime-config.toml`.
const LABEL: &str = "default";

/// The store, once it is needed.
#[derive(Default)]
pub(super) struct Bucket(OnceCell<store::Bucket>);

impl Bucket {
    pub(super) fn open(&self) -> Result<&store::Bucket, StoreError> {
        if let Some(bucket) = self.0.get() {
            return Ok(bucket);
        }
        let bucket = store::open(LABEL).map_err(error)?;
        Ok(self.0.get_or_init(|| bucket))
    }
}

/// The host's error, in our words.
pub(super) fn error(error: Error) -> StoreError {
    StoreError(match error {
        Error::NoSuchStore => format!("there is no store `{LABEL}`"),
        Error::AccessDenied => format!("spin.toml does not grant the store `{LABEL}`"),
        Error::Other(reason) => reason,
    })
}
