//! The body of an answer, on its way to the client.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use base64ct::{Base64, Encoding};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio_util::task::AbortOnDropHandle;
use verdict::{Looked, Looks, Outcome, Stage};

use super::account::Account;
use crate::desk::Desk;
use crate::pool::Lease;
use crate::relay::BoxError;
use crate::rounds::Rounds;

/// The body of an answer. While it lasts, the component is asked whether it may go on. It is read from the
/// server only as fast as the client reads. It is cut unless the server ends it or it has a last word.
pub(super) struct Download {
    flow: Arc<Flow>,
    account: Account,
    is_over: bool,
    _looks: AbortOnDropHandle<()>,
}

/// How to ask whether an answer may go on.
pub(super) struct Looking {
    pub(super) rounds: Rounds,
    pub(super) desk: Arc<Desk>,
    pub(super) times: Looks,
    pub(super) stage: Stage,
}

/// The frames from the server, until the body must end.
struct Flow(Mutex<State>);

struct State {
    /// Empty once the body has ended.
    stream: Option<(Incoming, Lease)>,
    end: Option<End>,
    /// The reader that waits for more.
    waker: Option<Waker>,
}

/// How it must end.
struct End {
    outcome: Outcome,
    /// The bytes that the client gets after the events that it already has.
    last: Option<Bytes>,
}

impl End {
    fn of(looked: Option<Looked>) -> Self {
        let (outcome, last) = looked.map_or((None, None), |looked| (looked.outcome, looked.last));
        Self {
            outcome: outcome.unwrap_or(Outcome::CutOff),
            // Without valid base64 there is no last word, and the body is cut.
            last: last.and_then(|last| Base64::decode_vec(&last).ok().map(Bytes::from)),
        }
    }
}

impl Flow {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the body, even if the client does not read.
    fn end(&self, end: End) {
        let mut state = self.state();
        let (stream, waker) = (state.stream.take(), state.waker.take());
        state.end = Some(end);
        drop(state);
        drop(stream);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Download {
    /// Carries `body` for `account`, and asks meanwhile whether it may go on.
    pub(super) fn begin(body: Incoming, lease: Lease, account: Account, looking: Looking) -> Self {
        let flow = Arc::new(Flow(Mutex::new(State {
            stream: Some((body, lease)),
            end: None,
            waker: None,
        })));
        let (looked_at, ticket) = (flow.clone(), account.ticket.clone());
        let task = tokio::spawn(async move {
            let Looking {
                rounds,
                desk,
                times,
                stage,
            } = looking;
            let looked = rounds.look(&desk, &ticket, &times, stage).await;
            looked_at.end(End::of(looked));
        });
        Self {
            flow,
            account,
            is_over: false,
            _looks: AbortOnDropHandle::new(task),
        }
    }

    /// The body has ended with this outcome.
    fn over(&mut self, outcome: Outcome) {
        self.account.ends(outcome);
        self.is_over = true;
    }
}

type Next = Option<Result<Frame<Bytes>, BoxError>>;

impl Body for Download {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Next> {
        let this = self.get_mut();
        if this.is_over {
            return Poll::Ready(None);
        }
        let flow = this.flow.clone();
        let mut state = flow.state();
        if let Some(end) = state.end.take() {
            this.over(end.outcome);
            let cut = || Err("it may not go on".into());
            let last = end.last.map(|last| Ok(Frame::data(last)));
            return Poll::Ready(Some(last.unwrap_or_else(cut)));
        }
        let Some((body, _)) = &mut state.stream else {
            this.over(Outcome::CutOff);
            return Poll::Ready(Some(Err("it was cut off".into())));
        };
        let Poll::Ready(next) = Pin::new(body).poll_frame(context) else {
            state.waker = Some(context.waker().clone());
            return Poll::Pending;
        };
        Poll::Ready(match next {
            Some(Ok(frame)) => {
                this.account
                    .receives(frame.data_ref().map_or(0, Bytes::len));
                Some(Ok(frame))
            }
            Some(Err(error)) => {
                state.stream = None;
                this.over(Outcome::CutOff);
                Some(Err(error.into()))
            }
            None => {
                if let Some((_, lease)) = state.stream.take() {
                    lease.ended();
                }
                this.over(Outcome::Ok);
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        let state = self.flow.state();
        let is_ended = |(body, _): &(Incoming, Lease)| body.is_end_stream();
        self.is_over || (state.end.is_none() && state.stream.as_ref().is_some_and(is_ended))
    }

    fn size_hint(&self) -> SizeHint {
        let state = self.flow.state();
        let stream = state.stream.as_ref();
        stream.map_or_else(SizeHint::default, |(body, _)| body.size_hint())
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        let stream = self.flow.state().stream.take();
        // A client that knows the length does not poll again after the last byte.
        if let Some((body, lease)) = stream
            && (body.is_end_stream() || body.size_hint().exact() == Some(0))
        {
            lease.ended();
            self.over(Outcome::Ok);
        }
    }
}
