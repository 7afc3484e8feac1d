//! Time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(transparent)]
pub struct UnixTime(pub u64);

impl UnixTime {
    /// The moment `seconds` later.
    pub fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// How many seconds have passed since `earlier`; 0 if it lies ahead.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// How many seconds old this is at `now`. Nothing, if it lies ahead by more than `tolerance`
    /// seconds: it was written by a clock that has been set back since.
    pub fn age(self, now: Self, tolerance: u64) -> Option<u64> {
        (self.since(now) <= tolerance).then(|| now.since(self))
    }

    /// In RFC 3339 format, in UTC: `2026-11-22T02:39:42Z`.
    pub fn rfc3339(self) -> String {
        i64::try_from(self.0)
            .ok()
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .and_then(|moment| moment.format(&Rfc3339).ok())
            .unwrap_or_else(|| self.0.to_string())
    }
}

/// The host's clocks.
#[allow(
    async_fn_in_trait,
    reason = "no call crosses a thread: a component has one"
)]
pub trait Clock {
    /// The wall clock.
    fn now(&self) -> UnixTime;

    /// The time since some fixed moment. It never goes back, so deadlines use it.
    fn monotonic(&self) -> Duration;

    /// Waits.
    async fn pause(&self, duration: Duration);
}

#[cfg(test)]
mod tests {
    use super::UnixTime;

    #[test]
    fn is_written_as_rfc_3339() {
        assert_eq!(UnixTime(1_795_315_182).rfc3339(), "2026-11-22T02:39:42Z");
    }

    #[test]
    fn beyond_the_calendar_stays_a_number() {
        assert_eq!(UnixTime(u64::MAX).rfc3339(), u64::MAX.to_string());
    }

    #[test]
    fn what_lies_ahead_has_no_age() {
        let age = |moment: u64| UnixTime(moment).age(UnixTime(1000), 60);
        assert_eq!(
            [age(900), age(1000), age(1060)],
            [Some(100), Some(0), Some(0)]
        );
        assert_eq!(age(1061), None);
    }

    #[test]
    fn never_counts_backwards() {
        assert_eq!(UnixTime(5).since(UnixTime(9)), 0);
    }
}
