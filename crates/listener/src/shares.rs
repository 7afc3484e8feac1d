//! Shares of a limited resource, per client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many pieces each client holds.
#[derive(Debug)]
pub struct Shares {
    /// The most pieces of one client.
    most: u32,
    /// Only clients with a piece are in it.
    clients: Mutex<HashMap<IpAddr, u32>>,
}

/// One piece of a client's share. Dropping it gives it back.
#[derive(Debug)]
pub struct Share {
    shares: Arc<Shares>,
    client: IpAddr,
}

impl Shares {
    /// Shares with at most this many pieces each.
    pub fn new(most: u32) -> Self {
        Self {
            most,
            clients: Mutex::default(),
        }
    }

    /// Takes one piece for the client at `address` (an IPv6 client counts by its /64), unless it has reached
    /// its limit.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Option<Share> {
        let client = forwarded::client(address);
        let mut clients = self.clients();
        let count = clients.entry(client).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Share {
            shares: self.clone(),
            client,
        })
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut clients = self.shares.clients();
        match clients.get_mut(&self.client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                clients.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::net::IpAddr;
    use std::sync::Arc;

    use super::Shares;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_client_has_a_share_and_who_has_nothing_is_forgotten() {
        let shares = Arc::new(Shares::new(2));
        let first = shares.take(address("192.0.2.1")).unwrap();
        let second = shares.take(address("192.0.2.1")).unwrap();
        assert!(shares.take(address("192.0.2.1")).is_none());
        let other = shares.take(address("192.0.2.2")).unwrap();
        drop(first);
        let third = shares.take(address("192.0.2.1")).unwrap();
        drop((second, third, other));
        assert!(shares.clients().is_empty());
    }

    #[test]
    fn one_network_of_ipv6_is_one_client() {
        let shares = Arc::new(Shares::new(1));
        let _held = shares.take(address("2001:db8::1")).unwrap();
        assert!(shares.take(address("2001:db8::2")).is_none());
        assert!(shares.take(address("2001:db8:0:1::1")).is_some());
    }
}
