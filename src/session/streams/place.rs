//! One place, and its own note.

use serde::{Deserialize, Serialize};

use super::holder::Holder;
use super::kept::keep;
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure, store_key};

const KIND: &str = "stream";
/// A place is free if it was not renewed for longer than this, in seconds.
const STALE: u64 = 60;
/// A place is renewed once it was not for so long, in seconds.
const RENEW: u64 = 25;
/// The bits of a ticket that are left out where there are others beside it.
const SHORT: u32 = 32;

/// A place that is held.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Place {
    pub(super) of: Holder,
    pub(super) number: u64,
    /// Tells this place from one that somebody else has taken since.
    pub(super) ticket: u64,
    noted: UnixTime,
    kept_until: UnixTime,
    /// Whether only its name is known. Then its carrier does not hear when it was noted.
    #[serde(skip)]
    pub(super) is_named: bool,
}

/// What stands in the store about one place. Replicas of older releases read and write it too.
#[derive(Deserialize, Serialize)]
pub(super) struct Note {
    pub(super) ticket: u64,
    /// When the place was taken, or renewed by itself; 1970 once it is given back.
    pub(super) time: UnixTime,
    kept_until: UnixTime,
    /// When it was given back. Older releases say nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) given_back: Option<UnixTime>,
}

impl Note {
    /// Where the note about the place `number` of `of` stands.
    pub(super) fn key(of: &Holder, number: u64) -> String {
        store_key(KIND, &of.id(number))
    }

    /// The note that is `sealed` at `key`. One that cannot be read keeps nobody from a place.
    pub(super) fn opened<P: Platform>(
        records: &Records<'_, P>,
        key: &str,
        sealed: Option<&[u8]>,
    ) -> Option<Self> {
        records.opened(KIND, key, &[], sealed).ok().flatten()
    }
}

impl Place {
    /// Takes the place `number` of `of`, about which there may be a `note` already.
    pub(super) async fn take<P: Platform>(
        records: &Records<'_, P>,
        of: &Holder,
        number: u64,
        ticket: u64,
        note: Option<&Note>,
    ) -> Result<Self, StoreFailure> {
        let now = records.platform.now();
        let mut place = Self {
            of: of.clone(),
            number,
            ticket,
            noted: now,
            kept_until: note.map_or(now, |note| note.kept_until),
            is_named: false,
        };
        place.renew(records).await?;
        Ok(place)
    }

    /// Notes in its own note that it is held.
    pub(super) async fn renew<P: Platform>(
        &mut self,
        records: &Records<'_, P>,
    ) -> Result<(), StoreFailure> {
        let now = records.platform.now();
        self.write(records, now, None).await?;
        self.noted = now;
        Ok(())
    }

    /// What it is called among all of its holder.
    pub fn name(&self) -> String {
        format!("{}.{}", self.number, short(self.ticket))
    }

    /// The place of the same holder that has this `name`; nothing if it is no name.
    pub fn beside(&self, name: &str) -> Option<Self> {
        let (number, ticket) = name.split_once('.')?;
        let ticket: u32 = ticket.parse().ok()?;
        Some(Self {
            of: self.of.clone(),
            number: number.parse().ok()?,
            ticket: u64::from(ticket) << SHORT,
            noted: UnixTime::default(),
            kept_until: UnixTime::default(),
            is_named: true,
        })
    }

    /// When the place was last noted in its own note. A copy from before then would note it again.
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
        let id = self.of.id(self.number);
        let note: Option<Note> = records.read_cached(KIND, &id, &[]).await?;
        // Without a note of its own it still counts by the one for all.
        if note.is_none_or(|note| note.ticket == self.ticket) {
            let now = records.platform.now();
            self.write(records, UnixTime::default(), Some(now)).await?;
        }
        Ok(())
    }

    async fn write<P: Platform>(
        &mut self,
        records: &Records<'_, P>,
        time: UnixTime,
        given_back: Option<UnixTime>,
    ) -> Result<(), StoreFailure> {
        let key = Note::key(&self.of, self.number);
        self.kept_until = keep(records, key, self.kept_until).await?;
        let note = Note {
            ticket: self.ticket,
            time,
            kept_until: self.kept_until,
            given_back,
        };
        let id = self.of.id(self.number);
        records.write(KIND, &id, &[], &note).await
    }
}

/// Whether what was noted at `time` still counts: it is not old, nor from a clock that has been set back.
pub(super) fn is_fresh(time: UnixTime, now: UnixTime) -> bool {
    time.age(now, STALE).is_some_and(|age| age <= STALE)
}

/// Whether what was noted at `time` is to be noted again.
pub(super) fn is_due(time: UnixTime, now: UnixTime) -> bool {
    time.age(now, STALE).is_none_or(|age| age >= RENEW)
}

/// What is enough of a ticket where there are others beside it.
pub(super) fn short(ticket: u64) -> u32 {
    (ticket >> SHORT) as u32
}
