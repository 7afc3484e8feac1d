//! How long an instance may continue when nobody waits for its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use listener::SHORT_ANSWER;
use tokio::sync::oneshot;
use tokio::time::sleep;
use wasmtime_wasi_http::{Error, WasiBody};

use crate::unread::Unread;

/// The time that instances have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// After the client has gone. A component is not told; it notices when it checks its answer's stream,
    /// which ours does every 15 seconds, and then writes a log line.
    pub(crate) abandoned: Duration,
    /// After the answer was read to the end: for work afterwards.
    pub(crate) answered: Duration,
    /// While the client reads nothing of a short answer.
    pub(crate) unread: Duration,
    /// While they compute without waiting.
    pub(crate) computing: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            abandoned: Duration::from_secs(20),
            answered: Duration::from_secs(60),
            unread: Duration::from_secs(30),
            computing: Duration::from_secs(10),
        }
    }
}

/// Held by the reader of an instance's answer. When it is dropped, it says how long the instance may
/// continue.
pub(crate) struct Leash {
    patience: Patience,
    granted: Option<oneshot::Sender<Duration>>,
    unread: Arc<Unread>,
}

impl Leash {
    /// A leash, and a future that is ready when the instance is overdue.
    pub(crate) fn new(patience: Patience) -> (Self, impl Future<Output = ()> + use<>) {
        let (granted, grant) = oneshot::channel::<Duration>();
        let unread = Arc::new(Unread::default());
        let leash = Self {
            patience,
            granted: Some(granted),
            unread: unread.clone(),
        };
        let overdue = async move {
            tokio::select! {
                // Dropping the leash has granted a time.
                granted = grant => sleep(granted.unwrap_or_default()).await,
                () = unread.stays(patience.unread) => {
                    // The component notices that its answer is not read, and logs that.
                    drop(unread.take());
                    sleep(patience.abandoned).await;
                }
            }
        };
        (leash, overdue)
    }

    fn answered(&mut self) {
        self.let_go(self.patience.answered);
    }

    fn let_go(&mut self, grant: Duration) {
        if let Some(granted) = self.granted.take() {
            // This fails if the instance has already ended.
            let _ = granted.send(grant);
        }
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        self.let_go(self.patience.abandoned);
    }
}

/// The body of an instance's answer, with its leash.
pub(crate) struct Leashed {
    body: Source,
    /// How much is still to come, if that was announced: then the reader does not poll for the end.
    rest: Option<u64>,
    leash: Leash,
}

/// The body's source.
enum Source {
    /// The body itself.
    Own(WasiBody),
    /// A short answer, which can be taken away if it is not read.
    Short,
}

impl Leashed {
    /// `length` is the length of `body`, if it is known.
    pub(crate) fn new(body: WasiBody, length: Option<u64>, mut leash: Leash) -> Self {
        if length == Some(0) {
            leash.answered();
        }
        let body = match length {
            Some(1..=SHORT_ANSWER) => {
                leash.unread.begin(body);
                Source::Short
            }
            _ => Source::Own(body),
        };
        Self {
            body,
            rest: length,
            leash,
        }
    }

    fn count(&mut self, frame: &Frame<Bytes>) {
        if let (Some(rest), Some(data)) = (&mut self.rest, frame.data_ref()) {
            *rest = rest.saturating_sub(data.len() as u64);
            if *rest == 0 {
                self.leash.answered();
            }
        }
    }
}

impl Body for Leashed {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let frame = match &mut this.body {
            Source::Own(body) => Pin::new(body).poll_frame(context),
            Source::Short => this.leash.unread.poll_frame(context),
        };
        match &frame {
            Poll::Ready(Some(Ok(frame))) => self.count(frame),
            Poll::Ready(None) => self.leash.answered(),
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            Source::Own(body) => body.is_end_stream(),
            Source::Short => self.rest == Some(0),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Source::Own(body) => body.size_hint(),
            Source::Short => SizeHint::with_exact(self.rest.unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::time::Duration;

    use http_body_util::{BodyExt, Full};
    use hyper::body::Bytes;
    use tokio::time::Instant;
    use wasmtime_wasi_http::{Error, WasiBody};

    use super::{Leash, Leashed, Patience};

    const ABANDONED: Duration = Duration::from_secs(20);
    const ANSWERED: Duration = Duration::from_secs(60);

    fn body(text: &'static str) -> WasiBody {
        let body = Full::new(Bytes::from_static(text.as_bytes()));
        body.map_err(Error::from).boxed_unsync()
    }

    /// How long an instance may continue after `end` was applied to its body.
    async fn granted(length: Option<u64>, end: impl AsyncFnOnce(Leashed)) -> Duration {
        let (leash, overdue) = Leash::new(Patience::default());
        end(Leashed::new(body("body"), length, leash)).await;
        let begun = Instant::now();
        overdue.await;
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_read_to_its_end_leaves_more_time() {
        let all = async |body: Leashed| drop(body.collect().await.unwrap());
        assert_eq!(granted(None, all).await, ANSWERED);
        assert_eq!(granted(Some(4), all).await, ANSWERED);
        // hyper reads the announced length and does not poll again.
        let first = async |mut body: Leashed| drop(body.frame().await);
        assert_eq!(granted(Some(4), first).await, ANSWERED);
        assert_eq!(granted(Some(0), async |body| drop(body)).await, ANSWERED);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_given_up_leaves_little() {
        assert_eq!(granted(None, async |body| drop(body)).await, ABANDONED);
        assert_eq!(granted(Some(4), async |body| drop(body)).await, ABANDONED);
        let first = async |mut body: Leashed| drop(body.frame().await);
        assert_eq!(granted(None, first).await, ABANDONED);
        assert_eq!(granted(Some(5), first).await, ABANDONED);
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_answer_that_nobody_reads_is_given_up() {
        let (leash, overdue) = Leash::new(Patience::default());
        let (begun, _unread) = (Instant::now(), Leashed::new(body("body"), Some(4), leash));
        overdue.await;
        let lasted = begun.elapsed();
        assert!(lasted <= 2 * Patience::default().unread, "{lasted:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_has_no_announced_end_may_stay_unread() {
        let (leash, overdue) = Leash::new(Patience::default());
        let _unread = Leashed::new(body("body"), None, leash);
        let hour = Duration::from_secs(3600);
        assert!(tokio::time::timeout(hour, overdue).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_goes_before_the_head_has_given_up_too() {
        let (leash, overdue) = Leash::new(Patience::default());
        drop(leash);
        let begun = Instant::now();
        overdue.await;
        assert_eq!(begun.elapsed(), ABANDONED);
    }
}
