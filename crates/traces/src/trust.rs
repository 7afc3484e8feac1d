//! Whose `traceparent` counts.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::settings::Propagation;

/// Who has sent a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Peer {
    /// Somebody at this address.
    Address(IpAddr),
    /// A part of this installation, which has proven that.
    Own,
    /// Somebody who has proven nothing.
    Stranger,
}

/// With whom traces are shared.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    pub(crate) propagation: Propagation,
    /// The proxies whose word counts, if that is asked for.
    pub(crate) proxies: Vec<IpNet>,
}

impl Trust {
    /// Whether `peer` may say to which trace a request belongs, and so whether that is kept: a stranger
    /// could choose that for us.
    pub(crate) fn believes(&self, peer: Peer) -> bool {
        match (self.propagation, peer) {
            (Propagation::None, _) | (_, Peer::Stranger) => false,
            (_, Peer::Own) => true,
            (Propagation::Own, Peer::Address(_)) => false,
            (Propagation::FromProxies, Peer::Address(address)) => {
                forwarded::is_trusted(address.to_canonical(), &self.proxies)
            }
        }
    }

    /// Whether those who are called are told to which trace a call belongs.
    pub(crate) fn tells(&self) -> bool {
        self.propagation != Propagation::None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{Peer, Trust};
    use crate::settings::Propagation;

    #[test]
    fn a_stranger_is_never_believed_and_a_proxy_only_where_that_is_asked_for() {
        let ingress = Peer::Address("::ffff:10.0.0.7".parse().unwrap());
        let client = Peer::Address("192.0.2.1".parse().unwrap());
        let peers = [Peer::Own, ingress, client, Peer::Stranger];
        for (propagation, expected) in [
            (Propagation::None, [false; 4]),
            (Propagation::Own, [true, false, false, false]),
            (Propagation::FromProxies, [true, true, false, false]),
        ] {
            let proxies = vec!["10.0.0.0/8".parse().unwrap()];
            let trust = Trust {
                propagation,
                proxies,
            };
            assert_eq!(peers.map(|peer| trust.believes(peer)), expected);
        }
    }
}
