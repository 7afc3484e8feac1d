//! The body of the client's request, as far as it is read here.

use std::mem;
use std::time::Duration;

use spin_sdk::http::IncomingRequest;
use spin_sdk::wit::wasi::http0_2_0::types::IncomingBody;
use wasi::io::poll::Pollable;
use wasi::io::streams::{InputStream, StreamError};

use super::deadline::Deadline;
use crate::platform::Body;

/// How much is read at once.
const CHUNK: u64 = 16 * 1024;

/// The client's body, and what of it has been read. Children come before parents: WASI wants them
/// dropped in this order.
pub(super) struct Reading {
    event: Pollable,
    stream: InputStream,
    body: IncomingBody,
    read: Vec<u8>,
}

impl Reading {
    /// Begins; nothing if the body was taken before.
    pub(super) fn begin(incoming: &IncomingRequest) -> Option<Self> {
        let body = incoming.consume().ok()?;
        let stream = body.stream().ok()?;
        Some(Self {
            event: stream.subscribe(),
            stream,
            body,
            read: Vec::new(),
        })
    }

    /// Whether there is a body. One that has not begun within `time` counts. Nothing if it is cut off.
    pub(super) fn has_body(&self, time: Duration) -> Option<bool> {
        let waited = Deadline::after(time).wait_for_any(&self.event, None);
        if waited.is_err() {
            return Some(true);
        }
        // Reading nothing tells whether there will be more. An error is told only once.
        match self.stream.read(0) {
            Ok(_) => Some(true),
            Err(StreamError::Closed) => Some(false),
            Err(StreamError::LastOperationFailed(_)) => None,
        }
    }

    /// Reads to its end, but no more than `limit` bytes, and for at most `time`.
    pub(super) fn read(&mut self, limit: usize, time: Duration) -> Body {
        let deadline = Deadline::after(time);
        loop {
            let waited = deadline.wait_for_any(&self.event, None);
            if waited.and_then(|()| deadline.check()).is_err() {
                return Body::NotYet;
            }
            match self.stream.read(CHUNK) {
                Ok(chunk) => self.read.extend(chunk),
                Err(StreamError::Closed) => return Body::Whole(mem::take(&mut self.read)),
                Err(StreamError::LastOperationFailed(_)) => return Body::Unusable,
            }
            if self.read.len() > limit {
                return Body::Unusable;
            }
        }
    }

    /// What comes, to be carried on. Nothing of it has been read.
    pub(super) fn into_stream(self) -> (InputStream, IncomingBody) {
        let Self {
            event,
            stream,
            body,
            ..
        } = self;
        drop(event);
        (stream, body)
    }
}
