//! How many long answers a grant has under way: watches, followed logs, tunnels.
//!
//! A grant has a number of places. The holder of a place writes a note and renews it. A place with
//! an old note is free, so a crash gives its places back. Without compare-and-swap two holders may
//! take one place. The limit is approximate, and no security depends on it.

use serde::{Deserialize, Serialize};

use super::expiry::{self, Entry};
use super::grant_id::GrantName;
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure, store_key};

const PLACE: &str = "stream";
/// A place is free if its note is older than this, in seconds.
const STALE: u64 = 60;
/// A note is renewed once it is this old, in seconds.
const RENEW: u64 = 25;

/// A place that is held.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Place {
    grant: GrantName,
    number: u64,
    holder: u64,
    noted: UnixTime,
}

#[derive(Deserialize, Serialize)]
struct Note {
    holder: u64,
    time: UnixTime,
}

/// Takes one of `most` places of `grant`, which ends at `end`; nothing if all are taken.
///
/// # Errors
/// When the store fails.
pub async fn take<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantName,
    end: UnixTime,
    most: u64,
) -> Result<Option<Place>, StoreFailure> {
    let mut random = [0; 16];
    records.platform.fill(&mut random);
    let (holder, first) = halves(&random);
    let now = records.platform.now();
    for offset in 0..most {
        let number = (first % most + offset) % most;
        let id = id(grant, number);
        let note = records.read::<Note>(PLACE, &id, &[]).await?;
        if note.as_ref().is_some_and(|note| !is_stale(note, now)) {
            continue;
        }
        if note.is_none() {
            let keys = vec![store_key(PLACE, &id)];
            expiry::note(records, end, &Entry::Keys(keys)).await?;
        }
        records
            .write(PLACE, &id, &[], &Note { holder, time: now })
            .await?;
        return Ok(Some(Place {
            grant: grant.clone(),
            number,
            holder,
            noted: now,
        }));
    }
    Ok(None)
}

impl Place {
    /// Keeps the place.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn renew<P: Platform>(
        &mut self,
        records: &Records<'_, P>,
    ) -> Result<(), StoreFailure> {
        let now = records.platform.now();
        if now.since(self.noted) < RENEW {
            return Ok(());
        }
        self.noted = now;
        self.write(records, now).await
    }

    /// Gives the place back. Its note stays, but the place is free.
    ///
    /// # Errors
    /// When the store fails; the place is then free a minute later.
    pub async fn release<P: Platform>(self, records: &Records<'_, P>) -> Result<(), StoreFailure> {
        let id = id(&self.grant, self.number);
        let note = records.read::<Note>(PLACE, &id, &[]).await?;
        match note {
            Some(note) if note.holder == self.holder => {
                self.write(records, UnixTime::default()).await
            }
            _ => Ok(()),
        }
    }

    async fn write<P: Platform>(
        &self,
        records: &Records<'_, P>,
        time: UnixTime,
    ) -> Result<(), StoreFailure> {
        let holder = self.holder;
        let note = Note { holder, time };
        records
            .write(PLACE, &id(&self.grant, self.number), &[], &note)
            .await
    }
}

/// Whether the note is old, or from a clock that has been set back.
fn is_stale(note: &Note, now: UnixTime) -> bool {
    now.since(note.time) > STALE || note.time.since(now) > STALE
}

fn id(grant: &GrantName, number: u64) -> Vec<u8> {
    [grant.bytes().as_slice(), &number.to_be_bytes()].concat()
}

fn halves(bytes: &[u8; 16]) -> (u64, u64) {
    let both = u128::from_be_bytes(*bytes);
    ((both >> 64) as u64, both as u64)
}
