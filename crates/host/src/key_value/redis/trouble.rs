//! What is told of a connection: that it is lost, that there is none to be had, that it is there again.
//! Each once, however many requests meet it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::log;

const EVENT: &str = "redis_connection";

/// What has been told.
#[derive(Default)]
pub(super) struct Trouble {
    lost: AtomicBool,
    away: AtomicBool,
}

impl Trouble {
    /// A connection is of no use any more.
    pub(super) fn lost(&self, reason: &str) {
        if !self.lost.swap(true, Ordering::Relaxed) {
            log::line(EVENT, "lost", reason);
        }
    }

    /// There is no new one.
    pub(super) fn away(&self, reason: &str) {
        if !self.away.swap(true, Ordering::Relaxed) {
            log::line(EVENT, "away", reason);
        }
    }

    /// A command was carried out.
    pub(super) fn over(&self) {
        let was_lost = self.lost.swap(false, Ordering::Relaxed);
        if self.away.swap(false, Ordering::Relaxed) || was_lost {
            log::line(EVENT, "made", "");
        }
    }
}
