//! HTTP/2 streams that carry another protocol (RFC 8441).

use std::sync::Arc;

use crate::activity::Busy;

/// Keeps a connection open while one of its streams carries another protocol. It is an extension of an
/// extended CONNECT; the code that carries the stream must hold it. An upgraded HTTP/1.1 connection no longer
/// belongs to the listener.
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
