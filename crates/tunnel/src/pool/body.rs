//! Bodies of requests to a server.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::Instant;
use verdict::Fault;

use super::place::Place;
use crate::relay::BoxError;

/// The progress of a client's body.
pub(crate) struct Sent {
    begun: Instant,
    bytes: AtomicU64,
    /// When bytes last went to the server, in milliseconds since the beginning.
    moved: AtomicU64,
    fault: OnceLock<Fault>,
}

impl Default for Sent {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            bytes: AtomicU64::default(),
            moved: AtomicU64::default(),
            fault: OnceLock::new(),
        }
    }
}

impl Sent {
    /// The time of the server's answer counts from now.
    pub(crate) fn begin(&self) {
        let moved = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(moved, Ordering::Relaxed);
    }

    /// How long no bytes have gone to the server.
    pub(crate) fn quiet(&self) -> Duration {
        let moved = Duration::from_millis(self.moved.load(Ordering::Relaxed));
        self.begun.elapsed().saturating_sub(moved)
    }

    /// How many bytes have gone to the server.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Why the body was cut.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault.get().cloned()
    }

    fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        self.begin();
    }

    fn fails(&self, fault: Fault, why: &'static str) -> BoxError {
        // The first fault counts.
        let _ = self.fault.set(fault);
        why.into()
    }
}

/// The body of a request.
pub(crate) enum Payload {
    /// It has been read whole, and can be sent again.
    Whole(Kept),
    /// It is streamed from the client.
    Client(Upload),
}

impl Payload {
    /// The body is about to be sent. Returns a copy for another try, if it has been read whole.
    pub(super) fn begin(&self) -> Option<Kept> {
        let Self::Whole(kept) = self else {
            return None;
        };
        kept.sent.bytes.store(0, Ordering::Relaxed);
        Some(kept.clone())
    }

    /// Its length in bytes, if it has been read whole.
    pub(crate) fn length(&self) -> Option<u64> {
        match self {
            Self::Whole(kept) => Some(kept.bytes.len() as u64),
            Self::Client(_) => None,
        }
    }
}

/// A body that has been read whole.
#[derive(Clone)]
pub(crate) struct Kept {
    bytes: Bytes,
    sent: Arc<Sent>,
}

impl Kept {
    pub(crate) fn new(bytes: Bytes, sent: Arc<Sent>) -> Self {
        Self { bytes, sent }
    }
}

/// A body that is streamed from the client.
pub(crate) struct Upload {
    /// The frame that has been read already.
    first: Option<Frame<Bytes>>,
    body: Incoming,
    most: u64,
    sent: Arc<Sent>,
    /// The place of its stream, which may outlast the answer.
    pub(super) place: Option<Arc<Place>>,
}

impl Upload {
    /// The rest of `body` after `first`. It fails after more than `most` bytes.
    pub(crate) fn new(
        first: Option<Frame<Bytes>>,
        body: Incoming,
        most: u64,
        sent: Arc<Sent>,
    ) -> Self {
        Self {
            first,
            body,
            most,
            sent,
            place: None,
        }
    }

    fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = match self.first.take() {
            Some(first) => Some(Ok(first)),
            None => ready!(Pin::new(&mut self.body).poll_frame(context)),
        };
        let Some(frame) = frame else {
            return Poll::Ready(None);
        };
        let Ok(frame) = frame else {
            let why = "the client's request did not come whole";
            return Poll::Ready(Some(Err(self.sent.fails(Fault::BodyCutOff, why))));
        };
        // Trailers end the body, and do not go on: nothing was decided about them, and some servers take them for
        // headers.
        let Some(data) = frame.data_ref() else {
            return Poll::Ready(None);
        };
        let bytes = data.len();
        if self.sent.bytes() + bytes as u64 > self.most {
            let why = "the client's request is too long";
            return Poll::Ready(Some(Err(self.sent.fails(Fault::BodyTooLong, why))));
        }
        self.sent.add(bytes);
        Poll::Ready(Some(Ok(frame)))
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut *self {
            Self::Client(upload) => upload.poll_next(context),
            Self::Whole(kept) if kept.bytes.is_empty() => Poll::Ready(None),
            Self::Whole(kept) => {
                let bytes = std::mem::take(&mut kept.bytes);
                kept.sent.add(bytes.len());
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(kept) => kept.bytes.is_empty(),
            Self::Client(upload) => upload.first.is_none() && upload.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(kept) => SizeHint::with_exact(kept.bytes.len() as u64),
            // The head has the length, if the client announced one.
            Self::Client(_) => SizeHint::default(),
        }
    }
}
