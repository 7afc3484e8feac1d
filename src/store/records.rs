//! Sealed JSON records in the store.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::StoreFailure;
use super::keyring::{Context, Keyring, Opened};
use super::keys::store_key;
use crate::call::Call;
use crate::platform::{Platform, StoreError};

/// The store. Everything but counters is sealed in it.
pub struct Records<'a, P> {
    /// The platform.
    pub platform: &'a P,
    /// The secrets that seal and open.
    pub keyring: &'a Keyring,
}

impl<'a, P: Platform> Records<'a, P> {
    /// The store, as the request `call` reaches it.
    pub(crate) fn of(call: &Call<'a, P>, keyring: &'a Keyring) -> Self {
        Self {
            platform: call.platform,
            keyring,
        }
    }
}

impl<P: Platform> Records<'_, P> {
    /// The record of this kind and id. `salt` is the handle or the grant id that opens it.
    ///
    /// A record that does not open counts as absent.
    ///
    /// # Errors
    /// When the store fails, or holds a newer release's record.
    pub async fn read<T: DeserializeOwned>(
        &self,
        kind: &str,
        id: &[u8],
        salt: &[u8],
    ) -> Result<Option<T>, StoreFailure> {
        let name = store_key(kind, id);
        let sealed = self.platform.get(&name).await?;
        self.opened(kind, &name, salt, sealed.as_deref())
    }

    /// The record that is `sealed` at the store key `name`, if there is anything; as [`Records::read`].
    ///
    /// # Errors
    /// When it is a newer release's record.
    pub(crate) fn opened<T: DeserializeOwned>(
        &self,
        kind: &str,
        name: &str,
        salt: &[u8],
        sealed: Option<&[u8]>,
    ) -> Result<Option<T>, StoreFailure> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        match self.keyring.open(&Context { kind, name, salt }, sealed) {
            Opened::Plain(json) => Ok(serde_json::from_slice(&json).ok()),
            Opened::Not => Ok(None),
            Opened::Newer => Err(StoreFailure::NewerFormat),
        }
    }

    /// What stands at these store keys, sealed, in one question where the host has one for it. Of a counter
    /// it says only whether there is one.
    pub(crate) async fn sealed<const N: usize>(
        &self,
        keys: &[String; N],
    ) -> Result<[Option<Vec<u8>>; N], StoreFailure> {
        let sealed = self.platform.get_many(keys).await?;
        Ok(sealed.try_into().map_err(|_| incomplete())?)
    }

    /// The same of as many keys as there are, in their order. There is no question about none.
    pub(crate) async fn sealed_all(
        &self,
        keys: &[String],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreFailure> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let sealed = self.platform.get_many(keys).await?;
        match sealed.len() == keys.len() {
            true => Ok(sealed),
            false => Err(incomplete().into()),
        }
    }

    /// As [`Records::read`], for a record that can be had again. That of a newer release counts as
    /// absent, so that it is made anew.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read_cached<T: DeserializeOwned>(
        &self,
        kind: &str,
        id: &[u8],
        salt: &[u8],
    ) -> Result<Option<T>, StoreFailure> {
        match self.read(kind, id, salt).await {
            Err(StoreFailure::NewerFormat) => Ok(None),
            read => read,
        }
    }

    /// Writes the record of this kind and id.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn write<T: Serialize>(
        &self,
        kind: &str,
        id: &[u8],
        salt: &[u8],
        record: &T,
    ) -> Result<(), StoreFailure> {
        let name = store_key(kind, id);
        // Our records are structs of strings and numbers, which always serialise.
        let json = zeroize::Zeroizing::new(serde_json::to_vec(record).unwrap_or_default());
        let context = Context {
            kind,
            name: &name,
            salt,
        };
        let sealed = self.keyring.seal(&context, &json, self.platform);
        Ok(self.platform.set(&name, &sealed).await?)
    }

    pub(crate) async fn delete(&self, kind: &str, id: &[u8]) -> Result<(), StoreFailure> {
        Ok(self.platform.delete(&store_key(kind, id)).await?)
    }

    pub(crate) async fn exists(&self, kind: &str, id: &[u8]) -> Result<bool, StoreFailure> {
        Ok(self.platform.exists(&store_key(kind, id)).await?)
    }

    /// Whether there is anything at the store key `key`.
    pub(crate) async fn has_key(&self, key: &str) -> Result<bool, StoreFailure> {
        Ok(self.platform.exists(key).await?)
    }

    /// Deletes those of the keys that exist.
    pub(crate) async fn delete_keys(&self, keys: &[String]) -> Result<(), StoreFailure> {
        if keys.is_empty() {
            return Ok(());
        }
        Ok(self.platform.delete_many(keys).await?)
    }

    /// The value of a counter. A missing counter is created, so ask [`Records::exists`] first.
    pub(crate) async fn count(&self, kind: &str, id: &[u8]) -> Result<i64, StoreFailure> {
        Ok(self.platform.increment(&store_key(kind, id), 0).await?)
    }

    pub(crate) async fn increment(&self, kind: &str, id: &[u8]) -> Result<i64, StoreFailure> {
        Ok(self.platform.increment(&store_key(kind, id), 1).await?)
    }
}

fn incomplete() -> StoreError {
    StoreError("it does not answer for each key".to_owned())
}
