//! A server ends in three steps. It announces the end while it still accepts connections. Then it accepts no
//! new ones, and requests in flight may finish. Then it ends.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The end of a server, shared by everything that ends with it. All clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    draining: CancellationToken,
    closing: CancellationToken,
    over: CancellationToken,
}

/// How long an end takes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Times {
    /// How long connections are accepted after the announcement, so that load balancers notice it.
    pub draining: Duration,
    /// How long requests in flight may take after that.
    pub closing: Duration,
}

impl Ending {
    /// An end that begins when `told` is ready with its times. Needs a Tokio runtime.
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

    /// Whether the end was announced: clients should go elsewhere for the next request.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Returns once the end was announced.
    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }

    /// Returns once no new connections are accepted.
    pub async fn closing(&self) {
        self.closing.cancelled().await;
    }

    /// Like [`Self::closing`], without a borrow.
    pub(crate) fn closing_owned(&self) -> impl Future<Output = ()> + Send + use<> {
        self.closing.clone().cancelled_owned()
    }

    /// Returns once everything must have ended.
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
