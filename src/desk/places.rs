//! Places for requests that last, and whether these may go on.

use crate::platform::Platform;
use crate::session::streams::{self, Holder, Place};
use crate::store::{Records, StoreFailure};

/// Who holds the place of a request that lasts.
#[derive(Clone, Debug)]
pub(crate) enum Holding {
    /// Whoever this is.
    By(Holder),
    /// Nobody is signed in, and nobody has to be: it takes no place.
    Nobody,
}

/// Who holds such a place, if they still may; or why the store cannot say.
pub(crate) type Held = Result<Option<Holding>, StoreFailure>;

/// The result of a look at a request that lasts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Look {
    /// It goes on.
    GoesOn,
    /// What its caller has shown has ended, or was revoked.
    Ended,
    /// There is no place for it.
    NoPlace,
}

/// The places of everybody, of which each person has so many.
pub(crate) struct Places<'a, P> {
    pub(crate) records: &'a Records<'a, P>,
    /// The most of one person.
    pub(crate) most: u64,
}

impl<P: Platform> Places<'_, P> {
    /// Whether a request that has lasted for a while may go on, as [`Places::hold`] says. It keeps its place.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(crate) async fn keep(
        &self,
        holding: Option<&Holding>,
        near: &str,
        place: &mut Option<Place>,
    ) -> Result<Look, StoreFailure> {
        let look = self.hold(holding, near, place).await?;
        if look == Look::GoesOn {
            self.renew(place.iter_mut().collect()).await?;
        }
        Ok(look)
    }

    /// Whether a request that has lasted for a while may go on; nobody may hold its place any more if there is
    /// no `holding`. It has a place or takes one, however short it was meant to be: whoever lets others wait
    /// must not hold up everybody.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(crate) async fn hold(
        &self,
        holding: Option<&Holding>,
        near: &str,
        place: &mut Option<Place>,
    ) -> Result<Look, StoreFailure> {
        let holder = match holding {
            None => return Ok(Look::Ended),
            Some(Holding::Nobody) => return Ok(Look::GoesOn),
            Some(Holding::By(holder)) => holder,
        };
        if place.is_none() {
            *place = self.take(holder, near).await?;
        }
        Ok(place.as_ref().map_or(Look::NoPlace, |_| Look::GoesOn))
    }

    /// Keeps `places`, which are looked at together.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(crate) async fn renew(&self, places: Vec<&mut Place>) -> Result<(), StoreFailure> {
        streams::renew(self.records, places).await
    }

    /// A place of `holder`; nothing if all are taken. It is kept together with those that have the same `near`:
    /// what tells the sign-in from all others.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(crate) async fn take(
        &self,
        holder: &Holder,
        near: &str,
    ) -> Result<Option<Place>, StoreFailure> {
        streams::take(self.records, holder, near, self.most).await
    }

    /// Gives a place back. One that is not given back is free in a minute.
    pub(crate) async fn give_back(&self, place: Option<Place>) {
        if let Some(place) = place {
            let _ = place.release(self.records).await;
        }
    }
}
