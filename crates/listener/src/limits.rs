//! The limits of connections.

use std::time::Duration;

use ipnet::IpNet;

/// The limits of a listener's connections, in number and time.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most connections at once. Connections in their TLS handshake count; upgraded ones do not. Further
    /// ones are closed at once.
    pub connections: u32,
    /// The most connections from one client address. An IPv6 client counts by its /64.
    pub per_client: u32,
    /// Proxies with many clients behind them: `per_client` does not apply to them.
    pub trusted_proxies: Vec<IpNet>,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long the head of a request may take, from its first byte. In HTTP/2 a head cannot be told from
    /// other frames. There a connection without a request in flight ends this long after 16 kB have come
    /// since the last request began.
    pub head: Duration,
    /// How long a connection may last from its beginning without a request in flight. An answer of up to 64
    /// kB is in flight only until it waits for the client: a client that stops reading one has as long.
    pub quiet: Duration,
    /// How long a connection is kept after an answer. A proxy in front must keep it for a shorter time, or it
    /// sends requests on connections that are being closed.
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
