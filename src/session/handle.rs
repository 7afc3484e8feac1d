//! Handles: the secrets that clients hold.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::expiry::{self, Entry};
use super::grant::TOKENS;
use super::grant_id::GrantId;
use crate::platform::{Platform, UnixTime};
use crate::store::{Keyring, Records, StoreFailure, store_key};
use crate::terms::{ReturnPath, Secret, User, encoding};

/// The version of the written form.
const VERSION: &str = "1";

/// A secret of 256 bits that opens a record of the kind `R` and no other. By default it is that of
/// a session cookie.
pub struct Handle<R = HandleRecord>(Zeroizing<[u8; 32]>, PhantomData<R>);

/// What handles of one kind open. A record is written once, deleted once, and never changed.
pub trait Record: DeserializeOwned + Serialize {
    /// Distinguishes the records of this kind from all others.
    const KIND: &'static str;
    /// The kind of the grant's record that is usually wanted next.
    const AHEAD: &'static str = TOKENS;

    /// The user whose it is.
    fn user(&self) -> &User;

    /// When the handle ends, whatever else happens.
    fn end(&self) -> UnixTime;

    /// The grant that it opens.
    fn grant(&self) -> &GrantId;
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<R: Record> Handle<R> {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes), PhantomData)
    }

    /// Reads `1.<kid>.<43 characters of base64url>`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (version, kid, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let shaped = version == VERSION && kid.len() == 6 && parts.next().is_none();
        shaped
            .then(|| encoding::bytes32(secret))
            .flatten()
            .map(Self::new)
    }

    /// Writes what [`Handle::parse`] reads.
    pub fn write(&self, keyring: &Keyring) -> Secret {
        Secret::new(format!(
            "{VERSION}.{}.{}",
            keyring.kid(),
            encoding::base64url(&*self.0)
        ))
    }

    /// What stands for this handle in logs. It opens nothing.
    pub fn fingerprint(&self) -> String {
        encoding::sha256(&encoding::base64url(&*self.0))
            .chars()
            .take(16)
            .collect()
    }

    /// The handle's record; nothing if there is none, or if it has ended.
    pub(super) async fn record<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<Option<R>, StoreFailure> {
        let record: Option<R> = records.read(R::KIND, &*self.0, &*self.0).await?;
        Ok(record.filter(|record| records.platform.now() < record.end()))
    }

    /// The same, if it is `sealed` where the handle's record stands.
    ///
    /// # Errors
    /// When it is a newer release's record.
    pub(super) fn opened<P: Platform>(
        &self,
        records: &Records<'_, P>,
        sealed: Option<&[u8]>,
    ) -> Result<Option<R>, StoreFailure> {
        let record: Option<R> = records.opened(R::KIND, &self.store_key(), &*self.0, sealed)?;
        Ok(record.filter(|record| records.platform.now() < record.end()))
    }

    /// Writes the handle's record once, after its expiry entry and its slot in the grant's list.
    /// False if the grant is closing by now; the record is then deleted again.
    pub(super) async fn create<P: Platform>(
        &self,
        records: &Records<'_, P>,
        record: &R,
    ) -> Result<bool, StoreFailure> {
        let grant = record.grant().name();
        let handles = grant.handles();
        let slot = handles.take(records).await?;
        // The slot goes with the handle, so that the sweep need not read the grant's list.
        let keys = vec![self.store_key(), handles.slot_key(slot)];
        expiry::note(records, record.end(), &Entry::Keys(keys)).await?;
        handles.put(records, slot, &self.store_key()).await?;
        records.write(R::KIND, &*self.0, &*self.0, record).await?;
        if !grant.is_closing(records).await? {
            return Ok(true);
        }
        self.delete(records).await?;
        Ok(false)
    }

    pub(super) async fn delete<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<(), StoreFailure> {
        records.delete(R::KIND, &*self.0).await
    }

    /// The store key of the handle's record.
    pub(super) fn store_key(&self) -> String {
        store_key(R::KIND, &*self.0)
    }
}

/// What a session cookie opens.
#[derive(Clone, Deserialize, Serialize)]
pub struct HandleRecord {
    /// Whose session it is.
    pub user: User,
    /// When the handle ends, whatever else happens.
    pub end: UnixTime,
    /// The grant that it opens.
    pub grant: GrantId,
    /// SHA-256 of the state by which it was made. A reloaded callback finds it by this.
    pub state_hash: String,
    /// Where that sign-in led.
    pub return_path: ReturnPath,
}

impl Record for HandleRecord {
    const KIND: &'static str = "session";

    fn user(&self) -> &User {
        &self.user
    }

    fn end(&self) -> UnixTime {
        self.end
    }

    fn grant(&self) -> &GrantId {
        &self.grant
    }
}
