//! What is looked at.

use verdict::Stage;

use super::connection::Connection;
use super::places::Look;
use crate::platform::UnixTime;
use crate::session::streams::Place;
use crate::store::StoreFailure;

/// A request that was looked at.
pub(super) struct Seen<K> {
    pub(super) connection: Connection<K>,
    /// The places of others to whom the answer applies.
    pub(super) also: Vec<Place>,
    pub(super) stage: Stage,
    /// Whose it is; nothing if that does not matter yet.
    pub(super) whose: Option<String>,
    pub(super) look: Look,
    /// When its place was noted, as far as its carrier knows.
    pub(super) noted: Option<UnixTime>,
}

/// A request that was looked at, if we have sealed its ticket; or why the store cannot say.
pub(super) type Sight<K> = Result<Option<Seen<K>>, StoreFailure>;

impl<K> Seen<K> {
    /// The place that it keeps. What is still being sent has not lasted.
    pub(super) fn place(&self) -> Option<&Place> {
        let keeps = self.look == Look::GoesOn && self.stage != Stage::Sending;
        self.connection.place.as_ref().filter(|_| keeps)
    }

    /// The same, and those of others.
    pub(super) fn places(&mut self) -> impl Iterator<Item = &mut Place> {
        let keeps = self.place().is_some();
        let all = self.connection.place.iter_mut().chain(&mut self.also);
        all.filter(move |_| keeps)
    }
}

/// The places of others with these `names`. A carrier that makes up names keeps places that nobody has, and only
/// this person's.
pub(super) fn others<K>(connection: &Connection<K>, names: &[String]) -> Vec<Place> {
    let places = connection.place.iter();
    let others = places.flat_map(|own| names.iter().filter_map(|name| own.beside(name)));
    others.collect()
}
