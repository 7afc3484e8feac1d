//! Short answers that are not read must not hold their instances for ever.

use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use tokio::time::sleep;
use wasmtime_wasi_http::{Error, WasiBody};

/// A short answer in flight.
#[derive(Default)]
pub(crate) struct Unread(Mutex<State>);

#[derive(Default)]
struct State {
    /// The answer, until it is taken away; `None` before it is known to be short.
    body: Option<WasiBody>,
    /// How often the client has polled.
    asked: u64,
    /// Whether the client waits for the component, not the reverse.
    waits: bool,
}

impl Unread {
    /// The answer is short; this is its body.
    pub(crate) fn begin(&self, body: WasiBody) {
        self.state().body = Some(body);
    }

    /// Takes the answer away. A later poll reports that it was cut.
    pub(crate) fn take(&self) -> Option<WasiBody> {
        self.state().body.take()
    }

    /// Returns when a piece was ready for the whole of `time` and the client did not poll.
    pub(crate) async fn stays(&self, time: Duration) {
        loop {
            let before = self.untaken();
            sleep(time).await;
            if before.is_some() && self.untaken() == before {
                return;
            }
        }
    }

    /// The number of the piece that the client has not polled for, if there is one.
    fn untaken(&self) -> Option<u64> {
        let state = self.state();
        (state.body.is_some() && !state.waits).then_some(state.asked)
    }

    /// The next piece.
    pub(crate) fn poll_frame(
        &self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let mut state = self.state();
        let Some(body) = &mut state.body else {
            let why = "nobody has read the answer".to_owned();
            return Poll::Ready(Some(Err(Error::InternalError(Some(why)))));
        };
        let frame = Pin::new(body).poll_frame(context);
        state.asked += 1;
        state.waits = frame.is_pending();
        frame
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
