//! Connections on which nothing happens are closed: each holds a file, and files are few.

use std::time::Duration;

use tokio::sync::watch;

/// How long a connection may stand without a request: from its beginning, and after an answer. Whoever
/// sends half a request, or half an HTTP/2 preface, has sent none.
const QUIET: Duration = Duration::from_secs(60);

/// The requests of one connection.
#[derive(Default)]
pub(crate) struct Activity(watch::Sender<usize>);

/// A request in flight: kept until its answer has been read, or given up.
pub(crate) struct Busy(watch::Sender<usize>);

impl Activity {
    /// Counts a request in.
    pub(crate) fn begin(&self) -> Busy {
        self.0.send_modify(|requests| *requests += 1);
        Busy(self.0.clone())
    }

    /// Ready when the connection has been quiet for too long.
    pub(crate) fn quiet(&self) -> impl Future<Output = ()> + use<> {
        let mut requests = self.0.subscribe();
        async move {
            loop {
                let quiet = *requests.borrow_and_update() == 0;
                let patience = if quiet { QUIET } else { Duration::MAX };
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

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|requests| *requests -= 1);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::time::Duration;

    use tokio::time::{Instant, advance, timeout};

    use super::{Activity, QUIET};

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_request_ends() {
        let activity = Activity::default();
        let begun = Instant::now();
        activity.quiet().await;
        assert_eq!(begun.elapsed(), QUIET);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_in_flight_keeps_it_however_long_and_the_last_one_counts() {
        let activity = Activity::default();
        let mut quiet = Box::pin(activity.quiet());
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
}
