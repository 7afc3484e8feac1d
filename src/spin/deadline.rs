//! Waiting, but not for ever.

use std::time::Duration;

use wasi::clocks::monotonic_clock;
use wasi::io::poll::{Pollable, poll};

use crate::platform::HttpError;

/// The moment at which a call is given up, whatever it is waiting for.
pub(super) struct Deadline {
    end: Pollable,
}

impl Deadline {
    pub(super) fn after(duration: Duration) -> Self {
        Self {
            end: monotonic_clock::subscribe_duration(nanoseconds(duration)),
        }
    }

    /// Waits for `event`.
    pub(super) fn wait(&self, event: &Pollable) -> Result<(), HttpError> {
        self.wait_for_any(event, None)
    }

    /// Waits for one of two events.
    pub(super) fn wait_for_any(
        &self,
        event: &Pollable,
        other: Option<&Pollable>,
    ) -> Result<(), HttpError> {
        let mut events = vec![&self.end, event];
        events.extend(other);
        match poll(&events).as_slice() {
            [0] => Err(HttpError::TimedOut),
            _ => Ok(()),
        }
    }

    /// Checks for the end in each turn of a loop too: an endless answer is always ready.
    pub(super) fn check(&self) -> Result<(), HttpError> {
        if self.end.ready() {
            Err(HttpError::TimedOut)
        } else {
            Ok(())
        }
    }
}

/// `duration` as WASI counts it.
pub(super) fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}
