//! Follows the activity of a connection, and how long it has been inactive. Each connection holds a file
//! descriptor, and those are few.

use std::time::Duration;

use http::Version;
use tokio::sync::watch;

use crate::Limits;

/// After a request begins, this many bytes of HTTP/2 may come before they count as the next request: they may
/// be a body, or part of a head. An answer to a PING has 17 bytes, and there are two in a minute.
pub(crate) const FRAMES: u64 = 16 * 1024;

/// The requests of one connection. Half a request, half an HTTP/2 preface, or frames of no request do not
/// count as one.
#[derive(Default)]
pub(crate) struct Activity(watch::Sender<State>);

/// The current activity of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    /// How many requests keep the connection open.
    busy: usize,
    /// How many requests have no complete answer yet.
    open: usize,
    /// The protocol, known since the first request.
    pub(crate) spoken: Option<Spoken>,
    /// Whether a request has begun to arrive and is not complete.
    pub(crate) has_begun: bool,
    /// With HTTP/2, how many bytes have come since the last request began.
    pub(crate) bytes: u64,
    /// Whether the client does not read what is written to it.
    pub(crate) is_blocked: bool,
}

/// The protocol of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Spoken {
    Http1,
    Http2,
}

/// How long a connection may be inactive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Before the first request, and while the client does not read an answer.
    pub(crate) quiet: Duration,
    /// In the head of a request.
    pub(crate) head: Duration,
    /// After an answer.
    pub(crate) idle: Duration,
}

/// A request in flight, until its answer has been read or cancelled.
pub(crate) struct Busy {
    state: watch::Sender<State>,
    counts: bool,
}

/// Watches the activity of a connection.
#[derive(Clone)]
pub(crate) struct Watcher(watch::Receiver<State>);

impl Activity {
    /// Counts a request in.
    pub(crate) fn begin(&self, version: Version) -> Busy {
        self.0.send_modify(|state| {
            state.open += 1;
            state.has_begun = false;
            state.bytes = 0;
            state.spoken = Some(match version {
                Version::HTTP_2 => Spoken::Http2,
                _ => Spoken::Http1,
            });
        });
        let mut busy = Busy {
            state: self.0.clone(),
            counts: false,
        };
        busy.count(true);
        busy
    }

    /// Reports activity.
    pub(crate) fn sender(&self) -> watch::Sender<State> {
        self.0.clone()
    }

    /// Watches activity.
    pub(crate) fn watcher(&self) -> Watcher {
        Watcher(self.0.subscribe())
    }
}

impl Watcher {
    /// Returns when the connection has been inactive for too long.
    pub(crate) async fn stands_still(mut self, patience: Patience) {
        loop {
            let limit = patience.of(*self.0.borrow_and_update());
            let changed = tokio::time::timeout(limit, self.0.changed()).await;
            if !matches!(changed, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Returns when a request has come over HTTP/2.
    pub(crate) async fn speaks_http2(mut self) {
        let seen = self.0.wait_for(|state| state.spoken == Some(Spoken::Http2));
        if seen.await.is_err() {
            // The connection has ended; there is nothing to wait for.
            std::future::pending().await
        }
    }
}

impl State {
    /// Whether a request is in flight, even if its client holds it up.
    pub(crate) fn is_open(&self) -> bool {
        self.open > 0
    }
}

impl Patience {
    /// The same limit for everything.
    pub(crate) fn all(limit: Duration) -> Self {
        Self {
            quiet: limit,
            head: limit,
            idle: limit,
        }
    }

    fn of(&self, state: State) -> Duration {
        if state.busy > 0 {
            Duration::MAX
        } else if state.is_open() || state.is_blocked {
            self.quiet
        } else if state.has_begun || state.bytes > FRAMES {
            self.head
        } else if state.spoken.is_none() {
            self.quiet
        } else {
            self.idle
        }
    }
}

impl From<&Limits> for Patience {
    fn from(limits: &Limits) -> Self {
        Self {
            quiet: limits.quiet,
            head: limits.head,
            idle: limits.idle,
        }
    }
}

impl Busy {
    /// Sets whether the request keeps the connection. It does not while only its client holds it up.
    pub(crate) fn count(&mut self, counts: bool) {
        if self.counts == counts {
            return;
        }
        self.counts = counts;
        self.state.send_modify(|state| match counts {
            true => state.busy += 1,
            false => state.busy -= 1,
        });
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.count(false);
        self.state.send_modify(|state| state.open -= 1);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::time::Duration;

    use http::Version;
    use tokio::time::{Instant, advance, timeout};

    use super::{Activity, FRAMES, Patience};

    const SECOND: Duration = Duration::from_secs(1);
    const PATIENCE: Patience = Patience {
        quiet: Duration::from_secs(60),
        head: Duration::from_secs(30),
        idle: Duration::from_secs(3600),
    };

    /// After how many seconds an inactive connection ends.
    async fn ends(activity: &Activity) -> u64 {
        let begun = Instant::now();
        activity.watcher().stands_still(PATIENCE).await;
        begun.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_kept_for_longer_once_a_request_was_answered() {
        let activity = Activity::default();
        assert_eq!(ends(&activity).await, 60);
        drop(activity.begin(Version::HTTP_11));
        assert_eq!(ends(&activity).await, 3600);
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_head_and_an_answer_that_is_not_taken_have_less_time() {
        let activity = Activity::default();
        drop(activity.begin(Version::HTTP_2));
        let state = activity.sender();
        state.send_modify(|state| state.has_begun = true);
        assert_eq!(ends(&activity).await, 30);
        drop(activity.begin(Version::HTTP_2));
        assert_eq!(ends(&activity).await, 3600, "the head has come");
        state.send_modify(|state| state.bytes = FRAMES + 1);
        assert_eq!(ends(&activity).await, 30, "more than answers to PING");
        drop(activity.begin(Version::HTTP_2));
        state.send_modify(|state| state.is_blocked = true);
        assert_eq!(ends(&activity).await, 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_in_flight_keeps_it_however_long_and_the_last_one_counts() {
        let activity = Activity::default();
        let mut still = Box::pin(activity.watcher().stands_still(PATIENCE));
        let begin = || activity.begin(Version::HTTP_11);
        let (one, two) = (begin(), begin());
        let long = PATIENCE.idle * 5;
        assert!(timeout(long, &mut still).await.is_err());
        drop(one);
        assert!(timeout(long, &mut still).await.is_err());
        drop(two);
        assert!(timeout(PATIENCE.idle - SECOND, &mut still).await.is_err());
        drop(begin());
        assert!(timeout(PATIENCE.idle - SECOND, &mut still).await.is_err());
        advance(SECOND * 2).await;
        assert!(timeout(SECOND, &mut still).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_only_its_client_holds_up_keeps_nothing() {
        let activity = Activity::default();
        let mut still = Box::pin(activity.watcher().stands_still(PATIENCE));
        let mut busy = activity.begin(Version::HTTP_11);
        busy.count(false);
        assert!(timeout(PATIENCE.quiet - SECOND, &mut still).await.is_err());
        busy.count(true);
        assert!(timeout(PATIENCE.quiet * 5, &mut still).await.is_err());
        busy.count(false);
        assert!(timeout(PATIENCE.quiet + SECOND, &mut still).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_spoken_is_known_from_the_first_request() {
        let activity = Activity::default();
        let mut spoken = Box::pin(activity.watcher().speaks_http2());
        assert!(timeout(SECOND, &mut spoken).await.is_err());
        drop(activity.begin(Version::HTTP_11));
        assert!(timeout(SECOND, &mut spoken).await.is_err());
        drop(activity.begin(Version::HTTP_2));
        assert!(timeout(SECOND, &mut spoken).await.is_ok());
    }
}
