//! Connections in use.

use std::sync::{Arc, Weak};

use hyper::client::conn::http1;

use super::body::Payload;
use super::host::Host;
use super::place::Place;

/// A connection, or a stream of one, in use for one request. Dropping it closes an HTTP/1.1 connection: it is
/// unknown how much is still to come.
pub(crate) enum Lease {
    /// A connection of HTTP/1.1, and who keeps it afterwards; nobody, if it may not be used again.
    Http1(Weak<Host>, http1::SendRequest<Payload>),
    /// A stream of HTTP/2.
    Http2(#[allow(dead_code, reason = "kept only to be dropped")] Arc<Place>),
}

impl Lease {
    /// The answer has ended: the connection can be used again.
    pub(crate) fn ended(self) {
        let Self::Http1(host, mut sender) = self else {
            return;
        };
        let Some(host) = host.upgrade() else {
            return;
        };
        if sender.is_ready() {
            return host.keep(sender);
        }
        // The server may first have to take the rest of the request.
        tokio::spawn(async move {
            if sender.ready().await.is_ok() {
                host.keep(sender);
            }
        });
    }
}
