//! How many requests that last somebody has under way: watches, followed logs, uploads, tunnels.
//!
//! Everybody has a number of places. The holder of a place writes a note and renews it. A place
//! with an old note is free, so a crash gives its places back. Without compare-and-swap two holders
//! may take one place. The limit is approximate, and no security depends on it.

use serde::{Deserialize, Serialize};

use super::expiry::{self, Entry};
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure, store_key};
use crate::terms::encoding::sha256;
use crate::terms::{Secret, User};

const PLACE: &str = "stream";
/// A place is free if its note is older than this, in seconds.
const STALE: u64 = 60;
/// A note is renewed once it is this old, in seconds.
const RENEW: u64 = 25;
/// How long a note stays in the store, in seconds. It is then noted anew, if its place is still held.
const KEPT: u64 = 3600;

/// Whose places they are.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Holder(String);

impl Holder {
    /// A person, however often they have signed in.
    pub fn person(user: &User) -> Self {
        Self(user.key())
    }

    /// The same at apps, where a person has other places than at the API server.
    pub fn person_at_apps(user: &User) -> Self {
        Self(["apps", &user.key()].join("\0"))
    }

    /// Whoever has `token`. What it says of its owner is not verified here, so nobody can take
    /// another's places with it.
    pub fn of_token(token: &Secret) -> Self {
        Self(["token", &sha256(token.reveal())].join("\0"))
    }
}

impl Holder {
    /// Tells them from all others.
    pub fn fingerprint(&self) -> String {
        sha256(&self.0)
    }
}

/// A place that is held.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Place {
    of: Holder,
    number: u64,
    /// Tells this place from one that somebody else has taken since.
    ticket: u64,
    noted: UnixTime,
    kept_until: UnixTime,
}

#[derive(Deserialize, Serialize)]
struct Note {
    ticket: u64,
    time: UnixTime,
    kept_until: UnixTime,
}

/// Takes one of the `most` places of `holder`; nothing if all are taken.
///
/// # Errors
/// When the store fails.
pub async fn take<P: Platform>(
    records: &Records<'_, P>,
    holder: &Holder,
    most: u64,
) -> Result<Option<Place>, StoreFailure> {
    let mut random = [0; 16];
    records.platform.fill(&mut random);
    let (ticket, first) = halves(&random);
    let now = records.platform.now();
    for offset in 0..most {
        let number = (first % most + offset) % most;
        let id = id(holder, number);
        let note = records.read::<Note>(PLACE, &id, &[]).await?;
        if note.as_ref().is_none_or(|note| is_stale(note, now)) {
            let mut place = Place {
                of: holder.clone(),
                number,
                ticket,
                noted: now,
                kept_until: note.map_or(now, |note| note.kept_until),
            };
            place.write(records, now).await?;
            return Ok(Some(place));
        }
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
        self.write(records, now).await
    }

    /// When the place was noted last. A copy from before then would note it again.
    pub fn noted(&self) -> UnixTime {
        self.noted
    }

    /// Gives the place back. Its note stays, but the place is free.
    ///
    /// # Errors
    /// When the store fails; the place is then free a minute later.
    pub async fn release<P: Platform>(
        mut self,
        records: &Records<'_, P>,
    ) -> Result<(), StoreFailure> {
        let note = records.read::<Note>(PLACE, &self.id(), &[]).await?;
        match note {
            Some(note) if note.ticket == self.ticket => {
                self.write(records, UnixTime::default()).await
            }
            _ => Ok(()),
        }
    }

    async fn write<P: Platform>(
        &mut self,
        records: &Records<'_, P>,
        time: UnixTime,
    ) -> Result<(), StoreFailure> {
        if time >= self.kept_until {
            let until = time.plus(KEPT);
            let keys = vec![store_key(PLACE, &self.id())];
            expiry::note(records, until, &Entry::Keys(keys)).await?;
            self.kept_until = until;
        }
        self.noted = time;
        let note = Note {
            ticket: self.ticket,
            time,
            kept_until: self.kept_until,
        };
        records.write(PLACE, &self.id(), &[], &note).await
    }

    fn id(&self) -> Vec<u8> {
        id(&self.of, self.number)
    }
}

fn id(holder: &Holder, number: u64) -> Vec<u8> {
    [holder.0.as_bytes(), &number.to_be_bytes()].concat()
}

/// Whether the note is old, or from a clock that has been set back.
fn is_stale(note: &Note, now: UnixTime) -> bool {
    now.since(note.time) > STALE || note.time.since(now) > STALE
}

fn halves(bytes: &[u8; 16]) -> (u64, u64) {
    let both = u128::from_be_bytes(*bytes);
    ((both >> 64) as u64, both as u64)
}
