//! The bodies of answers in flight.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};
use metrics::Held;

use crate::activity::Busy;

/// The longest short answer, in bytes: a client reads it at once or not at all. A longer one, or one of
/// unknown length, may be read as slowly as a user reads `kubectl logs | less`.
pub const SHORT_ANSWER: u64 = 64 * 1024;

/// The body of an answer, which keeps its connection open.
pub(crate) struct Answer<B> {
    body: B,
    busy: Busy,
    short: bool,
    _counted: Option<Held>,
}

impl<B: Body> Answer<B> {
    /// `body` answers the request that is `busy`.
    pub(crate) fn new(body: B, mut busy: Busy) -> Self {
        let short = body
            .size_hint()
            .upper()
            .is_some_and(|most| most <= SHORT_ANSWER);
        // The whole answer is there, so only the client can hold it up.
        busy.count(!short);
        Self {
            body,
            busy,
            short,
            _counted: None,
        }
    }

    /// Its request counts as one in flight until this is dropped.
    pub(crate) fn counted(self, held: Held) -> Self {
        Self {
            _counted: Some(held),
            ..self
        }
    }
}

impl<B: Body + Unpin> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if self.short {
            self.busy.count(frame.is_pending());
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::convert::Infallible;
    use std::time::Duration;

    use http::Version;
    use http_body_util::{BodyExt, Full};
    use hyper::body::Bytes;
    use metrics::Gauge;
    use tokio::time::timeout;

    use super::*;
    use crate::activity::{Activity, Patience};

    const QUIET: Duration = Duration::from_secs(60);

    /// A body whose bytes are still to come.
    struct Coming(SizeHint);

    impl Body for Coming {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }

        fn size_hint(&self) -> SizeHint {
            self.0
        }
    }

    /// Whether the connection ends while an answer is in flight; `asks`: the client has asked for a piece.
    async fn ends(body: impl Body<Error: std::fmt::Debug> + Unpin, asks: bool) -> bool {
        let activity = Activity::default();
        let mut answer = Answer::new(body, activity.begin(Version::HTTP_11));
        if asks {
            let _ = timeout(Duration::ZERO, answer.frame()).await;
        }
        let still = activity.watcher().stands_still(Patience::all(QUIET));
        timeout(QUIET * 2, still).await.is_ok()
    }

    fn whole(length: u64) -> Full<Bytes> {
        Full::new(vec![0; usize::try_from(length).unwrap()].into())
    }

    #[test]
    fn it_counts_as_one_in_flight_until_it_is_dropped() {
        let in_flight = Gauge::default();
        let activity = Activity::default();
        let answer =
            Answer::new(whole(1), activity.begin(Version::HTTP_11)).counted(Held::new(&in_flight));
        assert_eq!(in_flight.get(), 1);
        drop(answer);
        assert_eq!(in_flight.get(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_answer_that_nobody_reads_keeps_nothing() {
        assert!(ends(whole(SHORT_ANSWER), false).await);
        assert!(ends(Coming(SizeHint::with_exact(SHORT_ANSWER)), false).await);
        assert!(!ends(Coming(SizeHint::with_exact(SHORT_ANSWER)), true).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_one_and_one_without_an_announced_end_keep_their_connection() {
        assert!(!ends(whole(SHORT_ANSWER + 1), false).await);
        for asks in [false, true] {
            assert!(!ends(Coming(SizeHint::default()), asks).await, "{asks}");
        }
    }
}
