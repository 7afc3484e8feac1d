//! The host's clocks.

use std::time::Duration;

use wasi::clocks::{monotonic_clock, wall_clock};

use super::world::Spin;
use crate::platform::{Clock, UnixTime};

impl Clock for Spin {
    fn now(&self) -> UnixTime {
        UnixTime(wall_clock::now().seconds)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_nanos(monotonic_clock::now())
    }

    async fn pause(&self, duration: Duration) {
        monotonic_clock::subscribe_duration(nanoseconds(duration)).block();
    }
}

/// `duration` as WASI counts it.
pub(super) fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}
