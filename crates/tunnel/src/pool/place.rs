//! Counts the streams of one connection.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

/// The streams of a connection, and their limit.
pub(super) struct Load {
    streams: AtomicUsize,
    limit: AtomicUsize,
    used: Mutex<Instant>,
}

/// The place of one stream on its connection. Dropping it frees the place.
pub(crate) struct Place(Arc<Load>);

impl Load {
    /// No streams yet, with this limit.
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            streams: AtomicUsize::new(0),
            limit: AtomicUsize::new(limit),
            used: Mutex::new(Instant::now()),
        })
    }

    /// Changes the limit.
    pub(super) fn allow(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// Takes a place, if there is one. The caller holds the lock.
    pub(super) fn take(self: &Arc<Self>) -> Option<Place> {
        let limit = self.limit.load(Ordering::Relaxed);
        if self.streams.load(Ordering::Acquire) >= limit {
            return None;
        }
        self.streams.fetch_add(1, Ordering::AcqRel);
        Some(Place(self.clone()))
    }

    /// Since when there is no stream; `None` if there is one.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let is_idle = self.streams.load(Ordering::Acquire) == 0;
        is_idle.then(|| *self.used.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut used = self.0.used.lock().unwrap_or_else(PoisonError::into_inner);
        *used = Instant::now();
        self.0.streams.fetch_sub(1, Ordering::AcqRel);
    }
}
