//! Places for connections.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use metrics::{Gauge, Held};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Limits;
use crate::counts::Counts;
use crate::shares::{Share, Shares};

/// All places.
pub(crate) struct Places {
    all: Arc<Semaphore>,
    shares: Arc<Shares>,
    trusted_proxies: Vec<IpNet>,
    /// How many places are taken.
    taken: Gauge,
}

/// One place. Dropping it frees the place.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _share: Option<Share>,
    _taken: Held,
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
    pub(crate) fn new(limits: &Limits, counts: &Counts) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.connections as usize)),
            shares: Arc::new(Shares::new(limits.per_client)),
            trusted_proxies: limits.trusted_proxies.clone(),
            taken: counts.connections(),
        }
    }

    /// Takes a place for a connection from `address`. A trusted proxy has no limit of its own: each of its
    /// requests names its client.
    pub(crate) fn take(&self, address: IpAddr) -> Result<Place, Full> {
        let address = address.to_canonical();
        let permit = self.all.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Full::All)?;
        let share = match forwarded::is_trusted(address, &self.trusted_proxies) {
            true => None,
            false => Some(self.shares.take(address).ok_or(Full::Client)?),
        };
        Ok(Place {
            _permit: permit,
            _share: share,
            _taken: Held::new(&self.taken),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::net::{IpAddr, Ipv4Addr};

    use super::{Full, Places};
    use crate::Limits;
    use crate::counts::Counts;

    const ALICE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const INGRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

    #[test]
    fn a_client_has_a_share_and_a_trusted_proxy_has_none() {
        let limits = Limits {
            connections: 4,
            per_client: 1,
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..Limits::default()
        };
        let counts = Counts::new(&limits);
        let places = Places::new(&limits, &counts);
        let alices = places.take(ALICE).unwrap();
        assert_eq!(places.take(ALICE).err(), Some(Full::Client));
        let mapped = IpAddr::V6(Ipv4Addr::new(10, 0, 0, 1).to_ipv6_mapped());
        let held: Vec<_> = [INGRESS, INGRESS, mapped]
            .map(|proxy| places.take(proxy).unwrap())
            .into();
        assert_eq!(places.take(INGRESS).err(), Some(Full::All));
        assert_eq!(counts.connections().get(), 4);
        drop(alices);
        assert!(places.take(INGRESS).is_ok());
        drop(held);
        assert_eq!(counts.connections().get(), 0);
    }
}
