//! One HTTP/2 connection and its limit of streams.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use hyper::client::conn::http2::{Builder, Connection, SendRequest};
use hyper::rt::Executor;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::body::Payload;
use super::place::{Load, Place};
use crate::connect::Stream;

/// The most streams on one connection, whatever the server allows; Go's servers have the same limit.
const MOST: usize = 250;
/// The receive window of a stream, in bytes. A watch that nobody reads costs this much.
const STREAM_WINDOW: u32 = 128 * 1024;
/// The receive window of a connection. It has the largest size (RFC 9113, section 6.9.1), so that unread
/// streams do not hold up the others. h2 also gives up a connection when small unread frames fill half of
/// this window.
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;
/// The longest head of an answer, in bytes.
const HEAD: u32 = 64 * 1024;
/// How many bytes of a request may wait in one stream to be sent.
const SEND_BUFFER: usize = 128 * 1024;
/// How many reset streams are remembered, since frames may still come for them. A frame for a forgotten
/// stream costs another reset. h2 counts those, and would give up the connection for all.
const RESET: usize = 4 * MOST;
/// How often a silent server is pinged, and how long it may take to answer.
const PING: Duration = Duration::from_secs(20);
const PONG: Duration = Duration::from_secs(10);

/// Opens streams on a connection.
pub(super) type Sender = SendRequest<Payload>;
type Connecting = Connection<TokioIo<Box<dyn Stream>>, Payload, Tasks>;

/// A connection.
pub(super) struct Http2 {
    sender: Sender,
    load: Arc<Load>,
}

impl Http2 {
    /// Speaks HTTP/2 on `stream`. Returns once the server has announced its limit of streams (RFC 9113,
    /// section 6.5.2). No stream is opened before. The caller sets the time limit.
    ///
    /// # Errors
    /// When the server does not speak HTTP/2, or allows no stream.
    pub(super) async fn connect(stream: Box<dyn Stream>) -> hyper::Result<Self> {
        let tasks = Tasks::default();
        let (sender, mut connection) = Builder::new(tasks.clone())
            .timer(TokioTimer::new())
            .initial_max_send_streams(0)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(HEAD)
            .max_send_buf_size(SEND_BUFFER)
            .max_concurrent_reset_streams(RESET)
            .max_local_error_reset_streams(None)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PONG)
            .keep_alive_while_idle(true)
            .handshake(TokioIo::new(stream))
            .await?;
        tasks.settled(&mut connection).await?;
        let load = Load::new(allowed(&connection));
        let noted = load.clone();
        // The connection is woken for each request, and may have another limit by then.
        tokio::spawn(poll_fn(move |context| {
            let ended = Pin::new(&mut connection).poll(context);
            noted.allow(allowed(&connection));
            // Its errors show in the answers.
            ended.map(drop)
        }));
        Ok(Self { sender, load })
    }

    /// A stream, if there is room for one. The caller holds the lock.
    pub(super) fn take(&self) -> Option<(Sender, Arc<Place>)> {
        if !self.is_alive() {
            return None;
        }
        let place = self.load.take()?;
        Some((self.sender.clone(), Arc::new(place)))
    }

    /// Whether more streams may be opened: the server has not sent GOAWAY.
    pub(super) fn is_alive(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Since when the connection has no stream; `None` if it has one.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        self.load.idle_since()
    }
}

fn allowed(connection: &Connecting) -> usize {
    connection.current_max_send_streams().min(MOST)
}

/// Runs the tasks of one connection. One of them reads what the server announces, and hyper does not report
/// it: so the limit is checked after each step of any task.
#[derive(Clone, Default)]
struct Tasks(Arc<Steps>);

#[derive(Default)]
struct Steps {
    step: Notify,
    is_settled: AtomicBool,
}

impl Tasks {
    /// Returns when the server has announced its limit of streams.
    async fn settled(&self, connection: &mut Connecting) -> hyper::Result<()> {
        while connection.current_max_send_streams() == 0 {
            tokio::select! {
                () = self.0.step.notified() => {}
                ended = &mut *connection => return ended,
            }
        }
        self.0.is_settled.store(true, Ordering::Relaxed);
        Ok(())
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Tasks {
    fn execute(&self, task: F) {
        let steps = self.0.clone();
        let mut task = Box::pin(task);
        tokio::spawn(poll_fn(move |context| {
            let ended: Poll<()> = task.as_mut().poll(context);
            if !steps.is_settled.load(Ordering::Relaxed) {
                steps.step.notify_one();
            }
            ended
        }));
    }
}
