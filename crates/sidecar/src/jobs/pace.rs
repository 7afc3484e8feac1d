//! Limits how often an owner may start a run. Otherwise repeated starts would create processes at full speed,
//! and ask Entra for a code each time.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// When each owner's last run started, as long as that matters.
pub(super) struct Pace {
    interval: Duration,
    last: HashMap<String, Instant>,
}

impl Pace {
    /// With `interval` as the shortest time between two starts of an owner.
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            last: HashMap::new(),
        }
    }

    /// How long `owner` must wait to start; `None` if it may start `now`.
    pub(super) fn wait(&self, owner: &str, now: Instant) -> Option<Duration> {
        let since = now.saturating_duration_since(*self.last.get(owner)?);
        self.interval
            .checked_sub(since)
            .filter(|wait| !wait.is_zero())
    }

    /// Notes that a run of `owner` starts `now`. Owners that may start again are forgotten, so only those
    /// with a start within the interval remain.
    pub(super) fn note(&mut self, owner: &str, now: Instant) {
        let interval = self.interval;
        self.last
            .retain(|_, last| now.saturating_duration_since(*last) < interval);
        if !interval.is_zero() {
            self.last.insert(owner.to_owned(), now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, Pace};

    #[test]
    fn each_owner_waits_for_its_own_interval() {
        let mut pace = Pace::new(Duration::from_secs(10));
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert_eq!(pace.wait("a", begin), None);
        pace.note("a", begin);
        for (seconds, wait) in [(0, Some(10)), (1, Some(9)), (9, Some(1)), (10, None)] {
            let wait = wait.map(Duration::from_secs);
            assert_eq!(pace.wait("a", at(seconds)), wait, "{seconds}");
            assert_eq!(pace.wait("b", at(seconds)), None, "{seconds}");
        }
        pace.note("a", at(10));
        assert_eq!(pace.wait("a", at(11)), Some(Duration::from_secs(9)));
    }

    #[test]
    fn who_may_start_again_is_forgotten() {
        let mut pace = Pace::new(Duration::from_secs(10));
        let begin = Instant::now();
        for second in 0..100 {
            pace.note(&second.to_string(), begin + Duration::from_secs(second));
            assert!(pace.last.len() <= 10, "{second}");
        }
    }

    #[test]
    fn without_an_interval_nobody_waits_and_nobody_is_kept() {
        let mut pace = Pace::new(Duration::ZERO);
        let now = Instant::now();
        pace.note("a", now);
        assert_eq!(pace.wait("a", now), None);
        assert!(pace.last.is_empty());
    }
}
