//! Lists: a counter hands out slot numbers, and each slot is a key of its own.
//!
//! The store has neither scan nor compare-and-swap, but it counts exactly. Counters cannot be
//! sealed, so a list has a bound. Taking a number beyond it is an error. Walking a list ends at it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::StoreFailure;
use super::keys::store_key;
use super::records::Records;
use crate::platform::Platform;

/// What is listed.
#[derive(Clone, Copy)]
pub(crate) struct ListKind {
    /// The kind of the counter.
    pub(crate) counter: &'static str,
    /// The kind of a slot.
    pub(crate) slot: &'static str,
    /// The most slots.
    pub(crate) bound: i64,
}

/// One list.
pub(crate) struct List {
    kind: ListKind,
    id: Vec<u8>,
}

impl List {
    pub(crate) fn new(kind: ListKind, id: impl Into<Vec<u8>>) -> Self {
        Self {
            kind,
            id: id.into(),
        }
    }

    /// The store key of the counter.
    pub(crate) fn counter_key(&self) -> String {
        store_key(self.kind.counter, &self.id)
    }

    /// The store key of a slot.
    pub(crate) fn slot_key(&self, slot: i64) -> String {
        store_key(self.kind.slot, &self.slot_id(slot))
    }

    /// Whether any number was taken.
    pub(crate) async fn exists<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<bool, StoreFailure> {
        records.exists(self.kind.counter, &self.id).await
    }

    /// Takes the next slot's number. Nobody else gets it.
    pub(crate) async fn take<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<i64, StoreFailure> {
        let slot = records.increment(self.kind.counter, &self.id).await?;
        if (1..=self.kind.bound).contains(&slot) {
            Ok(slot)
        } else {
            Err(StoreFailure::ListFull)
        }
    }

    /// How many numbers were taken: slots up to here may be filled.
    pub(crate) async fn length<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<i64, StoreFailure> {
        // A read adds 0, which would create a missing counter.
        if !self.exists(records).await? {
            return Ok(0);
        }
        let length = records.count(self.kind.counter, &self.id).await?;
        Ok(length.clamp(0, self.kind.bound))
    }

    /// Whether no number is left.
    pub(crate) async fn is_full<P: Platform>(
        &self,
        records: &Records<'_, P>,
    ) -> Result<bool, StoreFailure> {
        Ok(self.length(records).await? >= self.kind.bound)
    }

    /// Fills a slot.
    pub(crate) async fn put<P: Platform, T: Serialize>(
        &self,
        records: &Records<'_, P>,
        slot: i64,
        value: &T,
    ) -> Result<(), StoreFailure> {
        let id = self.slot_id(slot);
        records.write(self.kind.slot, &id, &[], value).await
    }

    /// What is in a slot; nothing if it was never filled, or is deleted.
    pub(crate) async fn get<P: Platform, T: DeserializeOwned>(
        &self,
        records: &Records<'_, P>,
        slot: i64,
    ) -> Result<Option<T>, StoreFailure> {
        let id = self.slot_id(slot);
        records.read(self.kind.slot, &id, &[]).await
    }

    /// Whether a slot is filled, even if its content does not open.
    pub(crate) async fn is_filled<P: Platform>(
        &self,
        records: &Records<'_, P>,
        slot: i64,
    ) -> Result<bool, StoreFailure> {
        records.exists(self.kind.slot, &self.slot_id(slot)).await
    }

    fn slot_id(&self, slot: i64) -> Vec<u8> {
        [self.id.as_slice(), &slot.to_be_bytes()].concat()
    }
}
