//! The host's clocks.

use std::time::Duration;

use wasi::clocks::{monotonic_clock, wall_clock};

use super::deadline::nanoseconds;
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
