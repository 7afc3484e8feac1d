//! Places for requests in flight. A request holds one while its instance lives.

use std::net::IpAddr;
use std::sync::Arc;

use listener::{Share, Shares};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places reserved for components without grants, such as the one for probes.
pub(crate) const RESERVE: u32 = 16;

/// All places.
pub(crate) struct Places {
    pub(crate) all: Arc<Semaphore>,
    reserve: Arc<Semaphore>,
    shares: Arc<Shares>,
    number: u32,
}

/// A place. Dropping it frees it.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _share: Option<Share>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Full {
    /// All places are taken.
    All,
    /// This client has reached its limit.
    Client,
}

impl Places {
    /// `all` places, of which one client has at most `per_client`.
    pub(crate) fn new(all: u32, per_client: u32) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all as usize)),
            reserve: Arc::new(Semaphore::new(RESERVE as usize)),
            shares: Arc::new(Shares::new(per_client)),
            number: all,
        }
    }

    /// Returns when all places are free, except those in reserve.
    pub(crate) async fn all_are_free(&self) {
        // The semaphore is never closed.
        let _ = self.all.acquire_many(self.number).await;
    }

    /// Takes a place for a request of the client at this address.
    pub(crate) fn take(&self, client: IpAddr) -> Result<Place, Full> {
        let share = self.shares.take(client).ok_or(Full::Client)?;
        let permit = self.all.clone().try_acquire_owned();
        Ok(Place {
            _permit: permit.map_err(|_| Full::All)?,
            _share: Some(share),
        })
    }

    /// Takes a place for a component without grants, whoever the client is: such a component is quick. The
    /// reserve is used when all other places are taken.
    pub(crate) fn take_any(&self) -> Result<Place, Full> {
        let all = self.all.clone().try_acquire_owned();
        let permit = all.or_else(|_| self.reserve.clone().try_acquire_owned());
        Ok(Place {
            _permit: permit.map_err(|_| Full::All)?,
            _share: None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::net::{IpAddr, Ipv4Addr};

    use super::{Full, Places, RESERVE};

    const ALICE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const BOB: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn one_client_never_has_all_places() {
        let places = Places::new(3, 2);
        let first = places.take(ALICE).unwrap();
        let _second = places.take(ALICE).unwrap();
        assert_eq!(places.take(ALICE).err(), Some(Full::Client));
        let _bobs = places.take(BOB).unwrap();
        assert_eq!(places.take(BOB).err(), Some(Full::All));
        drop(first);
        assert!(places.take(ALICE).is_ok());
    }

    #[test]
    fn what_was_not_given_counts_for_nobody() {
        let places = Places::new(1, 1);
        let held = places.take(ALICE).unwrap();
        for _ in 0..3 {
            assert_eq!(places.take(BOB).err(), Some(Full::All));
        }
        drop(held);
        assert!(places.take(BOB).is_ok());
    }

    #[tokio::test]
    async fn one_can_wait_until_all_are_free() {
        let places = Places::new(2, 2);
        let held = places.take(ALICE).unwrap();
        let mut free = std::pin::pin!(places.all_are_free());
        let waits = tokio::time::timeout(std::time::Duration::ZERO, free.as_mut());
        assert!(waits.await.is_err());
        drop(held);
        free.await;
    }

    #[test]
    fn what_reaches_nothing_has_places_of_its_own() {
        let places = Places::new(1, 1);
        let _held = places.take(ALICE).unwrap();
        let probes: Vec<_> = (0..RESERVE).map(|_| places.take_any().unwrap()).collect();
        assert_eq!(places.take_any().err(), Some(Full::All));
        drop(probes);
        assert!(places.take_any().is_ok());
        assert_eq!(
            places.take(BOB).err(),
            Some(Full::All),
            "the reserve is not for others"
        );
    }
}
