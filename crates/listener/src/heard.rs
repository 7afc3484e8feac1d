//! Observes a connection's bytes to learn what its client does. hyper's time limit for a head cannot be used:
//! it counts from the end of the previous answer, so no connection could be idle for longer.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

use crate::activity::{Activity, FRAMES, Spoken, State};

/// The beginning of the HTTP/2 preface (RFC 9113, section 3.4). No HTTP/1.1 method begins so.
const HTTP2: &[u8] = b"PRI";

/// A stream whose activity is reported.
pub(crate) struct Heard<I> {
    stream: I,
    state: watch::Sender<State>,
    /// Whether it began as HTTP/2; `None` before the first byte.
    begins_as_http2: Option<bool>,
}

impl<I> Heard<I> {
    pub(crate) fn new(stream: I, activity: &Activity) -> Self {
        Self {
            stream,
            state: activity.sender(),
            begins_as_http2: None,
        }
    }

    /// Notes incoming bytes.
    fn read(&mut self, bytes: &[u8]) {
        let begins_as_http2 = *self.begins_as_http2.get_or_insert_with(|| {
            let length = bytes.len().min(HTTP2.len());
            HTTP2.get(..length) == bytes.get(..length)
        });
        let state = *self.state.borrow();
        match state.spoken {
            Some(Spoken::Http2) => self.count(bytes.len() as u64),
            None if begins_as_http2 => {}
            // Bytes during a request may be its body.
            _ if state.is_open() || state.has_begun => {}
            _ => self.state.send_modify(|state| state.has_begun = true),
        }
    }

    /// Counts bytes of HTTP/2, and reports them once they exceed the limit.
    fn count(&self, bytes: u64) {
        self.state.send_if_modified(|state| {
            let were_few = state.bytes <= FRAMES;
            state.bytes = state.bytes.saturating_add(bytes);
            were_few && state.bytes > FRAMES
        });
    }

    /// Notes whether the client reads what is written.
    fn wrote<T>(&self, written: &Poll<T>) {
        let is_blocked = written.is_pending();
        if self.state.borrow().is_blocked != is_blocked {
            self.state
                .send_modify(|state| state.is_blocked = is_blocked);
        }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Heard<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Some(bytes) = buffer.filled().get(before..)
            && !bytes.is_empty()
        {
            self.read(bytes);
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Heard<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(&written);
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.wrote(&flushed);
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
