//! Connections on which nothing happens are closed: each holds a file, and files are few.

use std::time::Duration;

use tokio::sync::watch;

/// The requests of one connection. Whoever sends half a request, or half an HTTP/2 preface, or frames
/// that belong to none, has sent none.
#[derive(Default)]
pub(crate) struct Activity(watch::Sender<usize>);

/// A request in flight: kept until its answer has been read, or given up.
pub(crate) struct Busy {
    requests: watch::Sender<usize>,
    counts: bool,
}

impl Activity {
    /// Counts a request in.
    pub(crate) fn begin(&self) -> Busy {
        let mut busy = Busy {
            requests: self.0.clone(),
            counts: false,
        };
        busy.count(true);
        busy
    }

    /// Ready when the connection has been quiet for so long.
    pub(crate) fn quiet(&self, limit: Duration) -> impl Future<Output = ()> + use<> {
        let mut requests = self.0.subscribe();
        async move {
            loop {
                let quiet = *requests.borrow_and_update() == 0;
                let patience = if quiet { limit } else { Duration::MAX };
                if !matches!(
                    tokio::time::timeout(patience, requests.changed()).await,
                    Ok(Ok(()))
                ) {
                    return;
                }
            }
        }
    }
}

impl Busy {
    /// Whether the request counts: it does not while nothing but its client holds it up.
    pub(crate) fn count(&mut self, counts: bool) {
        if self.counts == counts {
            return;
        }
        self.counts = counts;
        self.requests.send_modify(|requests| match counts {
            true => *requests += 1,
            false => *requests -= 1,
        });
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.count(false);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::time::Duration;

    use tokio::time::{Instant, advance, timeout};

    use super::Activity;

    const SECOND: Duration = Duration::from_secs(1);
    const QUIET: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_request_ends() {
        let activity = Activity::default();
        let begun = Instant::now();
        activity.quiet(QUIET).await;
        assert_eq!(begun.elapsed(), QUIET);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_in_flight_keeps_it_however_long_and_the_last_one_counts() {
        let activity = Activity::default();
        let mut quiet = Box::pin(activity.quiet(QUIET));
        let (one, two) = (activity.begin(), activity.begin());
        assert!(timeout(QUIET * 5, &mut quiet).await.is_err());
        drop(one);
        assert!(timeout(QUIET * 5, &mut quiet).await.is_err());
        drop(two);
        assert!(timeout(QUIET - SECOND, &mut quiet).await.is_err());
        drop(activity.begin());
        assert!(timeout(QUIET - SECOND, &mut quiet).await.is_err());
        advance(SECOND * 2).await;
        assert!(timeout(SECOND, &mut quiet).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_only_its_client_holds_up_keeps_nothing() {
        let activity = Activity::default();
        let mut quiet = Box::pin(activity.quiet(QUIET));
        let mut busy = activity.begin();
        busy.count(false);
        assert!(timeout(QUIET - SECOND, &mut quiet).await.is_err());
        busy.count(true);
        assert!(timeout(QUIET * 5, &mut quiet).await.is_err());
        busy.count(false);
        assert!(timeout(QUIET + SECOND, &mut quiet).await.is_ok());
    }
}
