//! The clients.

use std::net::SocketAddr;

/// Who sent a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Client {
    /// Where its connection comes from.
    pub address: SocketAddr,
    /// Whether that connection is a TLS one.
    pub over_tls: bool,
}
