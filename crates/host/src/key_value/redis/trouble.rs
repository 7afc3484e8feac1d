//! Logs the state of a connection: lost, unavailable, restored. Each is logged once, however many requests
//! notice it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::log;

const EVENT: &str = "redis_connection";

/// What has been logged.
#[derive(Default)]
pub(super) struct Trouble {
    lost: AtomicBool,
    away: AtomicBool,
}

impl Trouble {
    /// A connection was lost.
    pub(super) fn lost(&self, reason: &str) {
        if !self.lost.swap(true, Ordering::Relaxed) {
            log::line(EVENT, "lost", reason);
        }
    }

    /// There is no new connection.
    pub(super) fn away(&self, reason: &str) {
        if !self.away.swap(true, Ordering::Relaxed) {
            log::line(EVENT, "away", reason);
        }
    }

    /// A command succeeded.
    pub(super) fn over(&self) {
        let was_lost = self.lost.swap(false, Ordering::Relaxed);
        if self.away.swap(false, Ordering::Relaxed) || was_lost {
            log::line(EVENT, "made", "");
        }
    }
}
