//! How a server ends: first it is about to, while requests still come; then no new ones come, and those
//! that are there have some time; then it is over.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The end of a server, as everything sees it that has to end with it. All clones are one.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    draining: CancellationToken,
    closing: CancellationToken,
    over: CancellationToken,
}

/// How long an end takes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Times {
    /// How long connections are accepted after the end was announced. A load balancer needs this time to
    /// hear of it.
    pub draining: Duration,
    /// How long requests in flight may take after that.
    pub closing: Duration,
}

impl Ending {
    /// One that begins when `told` is ready, which says how long it takes. Needs tokio's runtime.
    pub fn after(told: impl Future<Output = Times> + Send + 'static) -> Self {
        let ending = Self::default();
        let end = ending.clone();
        tokio::spawn(async move {
            let times = told.await;
            end.draining.cancel();
            sleep(times.draining).await;
            end.closing.cancel();
            sleep(times.closing).await;
            end.over.cancel();
        });
        ending
    }

    /// Whether the end was announced: whoever asks should go elsewhere the next time.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Ready once the end was announced.
    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }

    /// Ready once nothing new comes any more.
    pub async fn closing(&self) {
        self.closing.cancelled().await;
    }

    /// The same, for keeps.
    pub(crate) fn closing_owned(&self) -> impl Future<Output = ()> + Send + use<> {
        self.closing.clone().cancelled_owned()
    }

    /// Ready once everything has to have ended.
    pub async fn over(&self) {
        self.over.cancelled().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Ending, Times};

    #[tokio::test(start_paused = true)]
    async fn each_part_of_the_end_has_its_time() {
        let begun = Instant::now();
        let ending = Ending::after(async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Times {
                draining: Duration::from_secs(5),
                closing: Duration::from_secs(30),
            }
        });
        assert!(!ending.is_draining());
        let other = ending.clone();
        other.draining().await;
        assert_eq!(begun.elapsed().as_secs(), 1);
        assert!(ending.is_draining());
        ending.closing().await;
        assert_eq!(begun.elapsed().as_secs(), 6);
        ending.over().await;
        assert_eq!(begun.elapsed().as_secs(), 36);
    }
}
