//! Limits computing time. An instance may live for hours, as for a watch, but then it waits. An instance that
//! computes yields every 10 to 20 milliseconds, so that others do not notice. It is ended when it has
//! computed for too long.
//!
//! The engine counts epochs, and compiled code checks the count in each loop and function. The time of the
//! guest's polls is measured, not the time that it waits for its turn. Host calls that are answered at once
//! count as computing.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;
use wasmtime::{Engine, Store, UpdateDeadline};

/// The length of an epoch.
const EPOCH: Duration = Duration::from_millis(10);

/// Counts the epochs of `engine` in a thread, as long as the engine exists.
///
/// # Errors
/// When the system cannot start a thread.
pub(crate) fn count_epochs(engine: &Engine) -> io::Result<()> {
    let engine = engine.weak();
    let count = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(EPOCH);
        }
    };
    thread::Builder::new()
        .name("epochs".to_owned())
        .spawn(count)?;
    Ok(())
}

/// How long the guest of a store has computed.
pub(crate) struct Computing(Arc<Mutex<Turn>>);

/// The guest computes from a poll until it waits or yields.
struct Turn {
    begun: Instant,
    gives_way: bool,
    /// The time computed since it last waited, without this turn.
    computed: Duration,
}

/// What happens to a guest that is still computing.
#[derive(Debug, Eq, PartialEq)]
enum Then {
    GoesOn,
    GivesWay,
    Ends,
}

impl Computing {
    /// Ends the guest of `store` when it has computed for `limit` without waiting.
    pub(crate) fn limit<T: 'static>(store: &mut Store<T>, limit: Duration) -> Self {
        let this = Self(Arc::new(Mutex::new(Turn::new())));
        let turn = this.0.clone();
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| match locked(&turn).then(limit) {
            Then::GoesOn => Ok(UpdateDeadline::Continue(1)),
            Then::GivesWay => {
                let others_first = Box::pin(tokio::task::yield_now());
                Ok(UpdateDeadline::YieldCustom(1, others_first))
            }
            Then::Ends => Err(wasmtime::format_err!(
                "it has computed for {limit:?} without waiting for anything"
            )),
        });
        this
    }

    /// Runs `work`, which polls the guest.
    pub(crate) async fn measure<T>(self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            locked(&self.0).begin();
            let polled = work.as_mut().poll(context);
            locked(&self.0).end();
            polled
        })
        .await
    }
}

fn locked(turn: &Mutex<Turn>) -> MutexGuard<'_, Turn> {
    turn.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Turn {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            gives_way: false,
            computed: Duration::ZERO,
        }
    }

    fn begin(&mut self) {
        self.begun = Instant::now();
        self.gives_way = false;
    }

    /// An epoch has ended, perhaps during a wait.
    fn then(&mut self, limit: Duration) -> Then {
        let lasted = self.begun.elapsed();
        if lasted < EPOCH {
            return Then::GoesOn;
        }
        if self.computed + lasted >= limit {
            return Then::Ends;
        }
        self.gives_way = true;
        Then::GivesWay
    }

    /// It yields or waits.
    fn end(&mut self) {
        self.computed = match self.gives_way {
            true => self.computed + self.begun.elapsed(),
            false => Duration::ZERO,
        };
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const LIMIT: Duration = Duration::from_millis(100);

    /// Computes for one more epoch.
    async fn next(turn: &mut Turn) -> Then {
        turn.begin();
        advance(EPOCH).await;
        let then = turn.then(LIMIT);
        turn.end();
        then
    }

    #[tokio::test(start_paused = true)]
    async fn who_only_computes_gives_way_and_ends() {
        let mut turn = Turn::new();
        for _ in 0..9 {
            assert_eq!(next(&mut turn).await, Then::GivesWay);
            // The turns of other guests.
            advance(LIMIT).await;
        }
        assert_eq!(next(&mut turn).await, Then::Ends);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_once_in_a_while_goes_on() {
        let mut turn = Turn::new();
        for _ in 0..10 {
            for _ in 0..9 {
                assert_eq!(next(&mut turn).await, Then::GivesWay);
            }
            turn.begin();
            turn.end();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_waited_for_is_not_computed() {
        let mut turn = Turn::new();
        advance(LIMIT).await;
        turn.begin();
        assert_eq!(turn.then(LIMIT), Then::GoesOn);
    }
}
