//! One connection that speaks HTTP/2, and how many streams there is room for on it.

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

/// The most streams on one connection, whatever the server allows: as many as Go's servers do.
const MOST: usize = 250;
/// What comes for one stream before its client has read it, in bytes. A watch that nobody reads costs so much.
const STREAM_WINDOW: u32 = 128 * 1024;
/// The same for all streams of a connection: those that are not read must not hold up the others. h2 takes
/// half of it as its measure for small frames that nobody reads, beyond which it gives up the connection: so it
/// is as large as it may be (RFC 9113, section 6.9.1).
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;
/// The longest head of an answer, in bytes.
const HEAD: u32 = 64 * 1024;
/// How much of requests may wait for the server in one stream, in bytes.
const SEND_BUFFER: usize = 128 * 1024;
/// So many streams of which clients had enough are remembered, since more may come for them. What comes for
/// those that are forgotten is answered by another reset, as often as it takes: h2 counts these, and would
/// give up the connection of all others.
const RESET: usize = 4 * MOST;
/// How often a server that says nothing is asked whether it is there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(20);
const PONG: Duration = Duration::from_secs(10);

/// How a connection is asked for a stream.
pub(super) type Sender = SendRequest<Payload>;
type Connecting = Connection<TokioIo<Box<dyn Stream>>, Payload, Tasks>;

/// A connection.
pub(super) struct Http2 {
    sender: Sender,
    load: Arc<Load>,
}

impl Http2 {
    /// Speaks with the server at the other end of `stream`. Ready once it has said how many streams it
    /// allows (RFC 9113, section 6.5.2): before that none is asked for. The caller sets the time limit.
    ///
    /// # Errors
    /// When it does not speak HTTP/2, or allows none.
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
        // It is woken for each request, and may have another limit by then.
        tokio::spawn(poll_fn(move |context| {
            let ended = Pin::new(&mut connection).poll(context);
            noted.allow(allowed(&connection));
            // What goes wrong with it shows in the answers.
            ended.map(drop)
        }));
        Ok(Self { sender, load })
    }

    /// A stream, if there is room for one. Nobody else may ask meanwhile.
    pub(super) fn take(&self) -> Option<(Sender, Arc<Place>)> {
        if !self.is_alive() {
            return None;
        }
        let place = self.load.take()?;
        Some((self.sender.clone(), Arc::new(place)))
    }

    /// Whether more may be asked on it: the server has not said that it goes away.
    pub(super) fn is_alive(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Since when nothing is on it; nothing if something is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        self.load.idle_since()
    }
}

fn allowed(connection: &Connecting) -> usize {
    connection.current_max_send_streams().min(MOST)
}

/// Runs what belongs to one connection. What its server announces is read by one of these tasks, and hyper
/// says nothing of it: so after each step of any of them is the time to look.
#[derive(Clone, Default)]
struct Tasks(Arc<Steps>);

#[derive(Default)]
struct Steps {
    step: Notify,
    is_settled: AtomicBool,
}

impl Tasks {
    /// Ready when the server has announced how many streams it allows.
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
