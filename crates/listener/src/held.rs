//! Streams of HTTP/2 that are carried as something else (RFC 8441).

use std::sync::Arc;

use crate::activity::Busy;

/// Keeps the connection of a request while something else is carried in its stream: an extension of a
/// CONNECT over HTTP/2, to be held by whoever carries it. Over HTTP/1.1 an upgraded connection is no
/// longer the listener's.
#[derive(Clone)]
pub struct Held {
    _busy: Arc<Busy>,
}

impl Held {
    pub(crate) fn new(busy: Busy) -> Self {
        Self {
            _busy: Arc::new(busy),
        }
    }
}
