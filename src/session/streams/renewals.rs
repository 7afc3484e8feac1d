//! One note for many places, which says when each of them was renewed.

use serde::{Deserialize, Serialize};

use super::holder::Holder;
use super::kept::keep;
use super::place::{Place, is_fresh, short};
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure, store_key};

const KIND: &str = "streams";
/// The places of one holder that have one note: so many numbers that follow each other. The default of
/// `KUBERNETES_MAX_STREAMS` is less.
pub(super) const TOGETHER: u64 = 128;

/// When places were renewed that are looked at together. Whoever writes it may lose what another writes at the
/// same moment. The next look at the other's places finds them missing, and writes them again.
#[derive(Default, Deserialize, Serialize)]
pub(super) struct Renewals {
    /// When this was written.
    time: UnixTime,
    kept_until: UnixTime,
    places: Vec<Renewed>,
}

/// Number and ticket of a place, and how many seconds before [`Renewals::time`] it was renewed.
#[derive(Clone, Copy, Deserialize, Serialize)]
struct Renewed(u64, u32, u64);

impl Renewals {
    /// Where the note about such places stands: those of `of` from `block` times [`TOGETHER`] on.
    pub(super) fn key(of: &Holder, block: u64) -> String {
        store_key(KIND, &of.id(block))
    }

    /// What is `sealed` at `key`. What cannot be read says of no place that it is held.
    pub(super) fn opened<P: Platform>(
        records: &Records<'_, P>,
        key: &str,
        sealed: Option<&[u8]>,
    ) -> Self {
        let opened = records.opened(KIND, key, &[], sealed);
        opened.ok().flatten().unwrap_or_default()
    }

    /// When `place` was renewed here; in 1970, if it was not.
    pub(super) fn last(&self, place: &Place) -> UnixTime {
        let mut all = self.places.iter();
        let renewed = all.find(|renewed| is_of(renewed, place));
        renewed.map_or(UnixTime::default(), |renewed| self.time_of(renewed))
    }

    /// Who was renewed lately with the place `number`, and when.
    pub(super) fn lately(
        &self,
        number: u64,
        now: UnixTime,
    ) -> impl Iterator<Item = (u32, UnixTime)> {
        let theirs = self
            .places
            .iter()
            .filter(move |renewed| renewed.0 == number);
        let times = theirs.map(move |renewed| (renewed.1, self.time_of(renewed)));
        times.filter(move |(_, time)| is_fresh(*time, now))
    }

    /// Renews `places`, all of which are of `of` and in this `block`. What is old is left out from now on.
    pub(super) async fn renew<P: Platform>(
        mut self,
        records: &Records<'_, P>,
        of: &Holder,
        block: u64,
        places: &[&mut Place],
    ) -> Result<(), StoreFailure> {
        let now = records.platform.now();
        let others = self.places.iter().filter(|renewed| {
            let is_another = !places.iter().any(|place| is_of(renewed, place));
            is_another && is_fresh(self.time_of(renewed), now)
        });
        let others = others.map(|renewed| {
            let age = now.since(self.time_of(renewed));
            Renewed(renewed.0, renewed.1, age)
        });
        let ours = places
            .iter()
            .map(|place| Renewed(place.number, short(place.ticket), 0));
        self.places = others.chain(ours).collect();
        self.time = now;
        self.kept_until = keep(records, Self::key(of, block), self.kept_until).await?;
        records.write(KIND, &of.id(block), &[], &self).await
    }

    fn time_of(&self, renewed: &Renewed) -> UnixTime {
        UnixTime(self.time.0.saturating_sub(renewed.2))
    }
}

/// Whether this is `place`.
fn is_of(renewed: &Renewed, place: &Place) -> bool {
    renewed.0 == place.number && renewed.1 == short(place.ticket)
}
