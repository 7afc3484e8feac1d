//! How many connections there may be, and how long.

use std::time::Duration;

use ipnet::IpNet;

/// How many connections a listener has at once, and how long each may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most connections at once. Those in their TLS handshake count, upgraded ones do not. Further
    /// ones are closed at once.
    pub connections: u32,
    /// The most of them from one client address. The /64 of an IPv6 client counts as one address.
    pub per_client: u32,
    /// The proxies behind whose addresses there are many clients: for these `per_client` does not hold.
    pub trusted_proxies: Vec<IpNet>,
    /// How long a client may take for its TLS handshake.
    pub handshake: Duration,
    /// How long it may take to send the head of a request, from its first byte. Over HTTP/2, where a head
    /// cannot be told from other frames, a connection ends after so long on which no request is in flight
    /// and 16 kB have come since the last one began.
    pub head: Duration,
    /// How long a connection may stand without a request in flight from its beginning on. An answer of
    /// up to 64 kB is in flight only as long as the client waits for it: who stops reading one stands
    /// still, and has as long.
    pub quiet: Duration,
    /// How long a connection is kept after an answer. It has to be longer than whoever is in front keeps
    /// it, or requests are sent on connections that are being closed.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4000,
            per_client: 2000,
            trusted_proxies: Vec::new(),
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(30),
            quiet: Duration::from_secs(60),
            // Envoy keeps a connection for an hour, Go and Azure's Application Gateway for 90 seconds,
            // nginx for 60.
            idle: Duration::from_secs(3900),
        }
    }
}
