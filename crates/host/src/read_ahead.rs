//! Short answers are read ahead: an instance then ends whether or not its client reads.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::body::BodyError;

/// The longest body that is read ahead, in bytes.
pub(crate) const LONGEST: u64 = 64 * 1024;

/// A body that a task of its own reads. It holds at most the bytes that were announced.
pub(crate) struct ReadAhead {
    frames: UnboundedReceiver<Result<Frame<Bytes>, BodyError>>,
    /// How many bytes are still to come.
    rest: u64,
}

impl ReadAhead {
    /// Reads `body`, which has `length` bytes: no more than [`LONGEST`].
    pub(crate) fn new<B>(mut body: B, length: u64) -> Self
    where
        B: Body<Data = Bytes, Error = BodyError> + Send + Unpin + 'static,
    {
        let (sender, frames) = unbounded_channel();
        tokio::spawn(async move {
            let mut rest = length;
            while let Some(frame) = body.frame().await {
                let data = frame.as_ref().ok().and_then(Frame::data_ref);
                let bytes = data.map_or(0, |data| data.len() as u64);
                // A component that sends more than it has announced is cut off by hyper.
                if bytes > rest || sender.send(frame).is_err() {
                    return;
                }
                rest -= bytes;
            }
        });
        Self {
            frames,
            rest: length,
        }
    }
}

impl Body for ReadAhead {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = self.frames.poll_recv(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            self.rest = self.rest.saturating_sub(data.len() as u64);
        }
        frame
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest)
    }
}
