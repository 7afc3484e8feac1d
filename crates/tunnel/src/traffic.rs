//! Carries bytes in both directions, counts them, and notices silence.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use metrics::Counter;
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, copy_bidirectional_with_sizes,
};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::counts::Counts;
use crate::websocket::{self, Frames};

/// The read buffer of each direction.
const BUFFER: usize = 32 * 1024;

/// How long one side may be silent after the other has ended its direction: a vanished peer looks like a
/// half-closed one (RFC 9293, section 3.6).
pub(crate) const HALF_CLOSED: Duration = Duration::from_secs(60);

/// How long a client may take for the closing handshake.
const GOODBYE: Duration = Duration::from_secs(1);

/// Longer than any limit, and within the clock's range.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// The bytes carried so far, and when the last one was.
pub(crate) struct Traffic {
    began: Instant,
    sent: Direction,
    received: Direction,
    last_millis: AtomicU64,
    half_closed: AtomicBool,
    closing: Notify,
}

/// Bytes in one direction.
struct Direction {
    bytes: AtomicU64,
    /// The counter over all connections.
    total: Counter,
}

/// How carrying ended by itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Carried {
    /// Both sides have ended, or one connection broke.
    Closed,
    /// Nothing moved for too long.
    Idle,
    /// The tunnel ended it.
    Left,
}

impl Carried {
    /// The label in metrics.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Idle => "idle",
            Self::Left => "shutdown",
        }
    }
}

impl Traffic {
    pub(crate) fn new(counts: &Counts) -> Self {
        Self {
            began: Instant::now(),
            sent: Direction::new(counts.sent()),
            received: Direction::new(counts.received()),
            last_millis: AtomicU64::new(0),
            half_closed: AtomicBool::new(false),
            closing: Notify::new(),
        }
    }

    /// Bytes from the client to the origin.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.bytes.load(Ordering::Relaxed)
    }

    /// Bytes from the origin to the client.
    pub(crate) fn received(&self) -> u64 {
        self.received.bytes.load(Ordering::Relaxed)
    }

    /// Milliseconds since the beginning.
    pub(crate) fn milliseconds(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Notes that the client got `bytes` of the origin.
    pub(crate) fn add_received(&self, bytes: usize) {
        self.add(&self.received, bytes);
    }

    /// Carries bytes both ways, each as fast as its reader takes them. It ends when both sides have ended,
    /// one broke, nothing moved for `idle`, or `leaving` is ready. The end of one direction is passed on. A
    /// WebSocket client with `frames` gets a Close frame at the end, unless it is within a frame.
    pub(crate) async fn carry(
        &self,
        client: impl AsyncRead + AsyncWrite + Unpin,
        origin: impl AsyncRead + AsyncWrite + Unpin,
        frames: Option<Frames>,
        idle: Duration,
        leaving: &CancellationToken,
    ) -> Carried {
        // The time of the origin's answer was no silence.
        self.touch();
        let mut client = Side::new(client, self, &self.received, frames);
        let mut origin = Side::new(origin, self, &self.sent, None);
        let carried = tokio::select! {
            // A broken connection is not logged: either peer can cause it.
            _ = copy_bidirectional_with_sizes(&mut client, &mut origin, BUFFER, BUFFER) => {
                Carried::Closed
            }
            () = self.quiet(idle) => Carried::Idle,
            () = leaving.cancelled() => Carried::Left,
        };
        // Bytes that were read and not written are lost, and so is the position in the frame.
        let has_all = origin.read == client.wrote;
        if carried == Carried::Left && has_all && client.is_between_frames() {
            // A client that does not read it is cut.
            let _ = timeout(GOODBYE, say_goodbye(&mut client.stream)).await;
        }
        carried
    }

    /// Returns when no byte has moved for `idle`.
    async fn quiet(&self, idle: Duration) {
        loop {
            let idle = match self.half_closed.load(Ordering::Relaxed) {
                true => idle.min(HALF_CLOSED),
                false => idle.min(LONGEST),
            };
            let last = Duration::from_millis(self.last_millis.load(Ordering::Relaxed));
            let end = self.began + last + idle;
            if Instant::now() >= end {
                return;
            }
            tokio::select! {
                () = sleep_until(end) => {}
                () = self.closing.notified() => {}
            }
        }
    }

    fn add(&self, direction: &Direction, bytes: usize) {
        direction.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        direction.total.inc_by(bytes as u64);
        self.touch();
    }

    fn touch(&self) {
        self.last_millis
            .store(self.milliseconds(), Ordering::Relaxed);
    }

    fn half_close(&self) {
        self.touch();
        self.half_closed.store(true, Ordering::Relaxed);
        self.closing.notify_one();
    }
}

impl Direction {
    fn new(total: Counter) -> Self {
        Self {
            bytes: AtomicU64::new(0),
            total,
        }
    }
}

/// Closes a WebSocket and waits for the client's Close. Unread bytes from the client would reset the
/// connection, and the client would lose bytes that it has not read yet.
async fn say_goodbye(client: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<()> {
    client.write_all(&websocket::goodbye()).await?;
    client.shutdown().await?;
    while client.read(&mut [0; 1024]).await? > 0 {}
    Ok(())
}

/// One side, whose incoming bytes are counted once they are taken.
struct Side<'a, S> {
    stream: S,
    traffic: &'a Traffic,
    written: &'a Direction,
    /// How much was read from it and written to it.
    read: u64,
    wrote: u64,
    /// The frames written to it, if it is a WebSocket.
    frames: Option<Frames>,
}

impl<'a, S> Side<'a, S> {
    fn new(
        stream: S,
        traffic: &'a Traffic,
        written: &'a Direction,
        frames: Option<Frames>,
    ) -> Self {
        Self {
            stream,
            traffic,
            written,
            read: 0,
            wrote: 0,
            frames,
        }
    }

    fn is_between_frames(&self) -> bool {
        self.frames.as_ref().is_some_and(Frames::is_between)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Side<'_, S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        match buffer.filled().len() - before {
            0 => self.traffic.half_close(),
            read => self.read += read as u64,
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Side<'_, S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.traffic.add(self.written, written);
        self.wrote += written as u64;
        if let (Some(frames), Some(bytes)) = (&mut self.frames, bytes.get(..written)) {
            frames.read(bytes);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::sync::Arc;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, sleep, timeout};

    use tokio_util::sync::CancellationToken;

    use super::{BUFFER, Carried, HALF_CLOSED, Traffic};
    use crate::counts::Counts;
    use crate::websocket::{Frames, goodbye};

    const IDLE: Duration = Duration::from_secs(3600);

    struct Ends {
        traffic: Arc<Traffic>,
        client: DuplexStream,
        origin: DuplexStream,
        leaving: CancellationToken,
        carried: JoinHandle<Carried>,
    }

    fn carry() -> Ends {
        carry_frames(None)
    }

    fn carry_frames(frames: Option<Frames>) -> Ends {
        let traffic = Arc::new(Traffic::new(&Counts::new(1, 1)));
        let (client, inner_client) = duplex(1024);
        let (origin, inner_origin) = duplex(1024);
        let (carrying, leaving) = (traffic.clone(), CancellationToken::new());
        let left = leaving.clone();
        let carried = tokio::spawn(async move {
            carrying
                .carry(inner_client, inner_origin, frames, IDLE, &left)
                .await
        });
        Ends {
            traffic,
            client,
            origin,
            leaving,
            carried,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_it_and_a_byte_in_either_direction_prolongs_it() {
        let mut ends = carry();
        let began = Instant::now();
        sleep(IDLE / 2).await;
        ends.client.write_all(b"a").await.unwrap();
        sleep(IDLE / 2).await;
        ends.origin.write_all(b"bc").await.unwrap();
        assert_eq!(ends.carried.await.unwrap(), Carried::Idle);
        assert_eq!(began.elapsed().as_secs(), 2 * IDLE.as_secs());
        assert_eq!((ends.traffic.sent(), ends.traffic.received()), (1, 2));
    }

    /// An origin may take longer for its answer than a connection may be silent.
    #[tokio::test(start_paused = true)]
    async fn silence_counts_from_when_it_is_carried() {
        let (_client, inner_client) = duplex(1024);
        let (_origin, inner_origin) = duplex(1024);
        let traffic = Traffic::new(&Counts::new(1, 1));
        sleep(2 * IDLE).await;
        let (began, never) = (Instant::now(), CancellationToken::new());
        let carried = traffic.carry(inner_client, inner_origin, None, IDLE, &never);
        assert_eq!(carried.await, Carried::Idle);
        assert_eq!(began.elapsed().as_secs(), IDLE.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_beyond_all_clocks_is_none() {
        let (_client, inner_client) = duplex(1024);
        let (_origin, inner_origin) = duplex(1024);
        let traffic = Traffic::new(&Counts::new(1, 1));
        let never = CancellationToken::new();
        let carried = traffic.carry(inner_client, inner_origin, None, Duration::MAX, &never);
        assert!(timeout(1000 * IDLE, carried).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_one_direction_is_passed_on_and_the_other_goes_on() {
        let mut ends = carry();
        ends.client.write_all(b"question").await.unwrap();
        ends.client.shutdown().await.unwrap();
        let mut question = String::new();
        ends.origin.read_to_string(&mut question).await.unwrap();
        assert_eq!(question, "question");
        sleep(HALF_CLOSED / 2).await;
        ends.origin.write_all(b"answer").await.unwrap();
        ends.origin.shutdown().await.unwrap();
        let mut answer = String::new();
        ends.client.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "answer");
        assert_eq!(ends.carried.await.unwrap(), Carried::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_after_the_end_of_one_direction_is_borne_for_less_long() {
        let mut ends = carry();
        let began = Instant::now();
        ends.client.shutdown().await.unwrap();
        assert_eq!(ends.carried.await.unwrap(), Carried::Idle);
        assert_eq!(began.elapsed().as_secs(), HALF_CLOSED.as_secs());
    }

    /// The last bytes for a client that has got `frames` before, when everything must end.
    async fn last_words(frames: Option<Frames>, before: &[u8]) -> Vec<u8> {
        let mut ends = carry_frames(frames);
        ends.origin.write_all(before).await.unwrap();
        let mut got = vec![0; before.len()];
        ends.client.read_exact(&mut got).await.unwrap();
        ends.leaving.cancel();
        let mut last = Vec::new();
        ends.client.read_to_end(&mut last).await.unwrap();
        drop(ends.client);
        assert_eq!(ends.carried.await.unwrap(), Carried::Left);
        last
    }

    #[tokio::test(start_paused = true)]
    async fn a_websocket_is_told_that_it_has_to_end_unless_it_has_half_a_frame() {
        let frame = b"\x82\x03abc";
        let frames = || Some(Frames::default());
        assert_eq!(last_words(frames(), frame).await, goodbye());
        assert_eq!(last_words(frames(), b"").await, goodbye());
        assert_eq!(last_words(frames(), &frame[..4]).await, b"");
        assert_eq!(last_words(None, frame).await, b"", "SPDY");
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_not_taken_all_is_told_nothing() {
        let mut ends = carry_frames(Some(Frames::default()));
        let frame = [&b"\x82\x7e\x04\x00"[..], &[0; 1024]].concat();
        // More than fits into the buffers on the way to a peer that does not read.
        for _ in 0..4 {
            ends.origin.write_all(&frame).await.unwrap();
        }
        ends.leaving.cancel();
        assert_eq!(ends.carried.await.unwrap(), Carried::Left);
        let mut got = Vec::new();
        ends.client.read_to_end(&mut got).await.unwrap();
        assert!(!got.ends_with(&goodbye()));
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_holds_up_who_writes() {
        let mut ends = carry();
        let mut written = 0;
        // The write fails when nothing has moved for too long.
        while let Ok(bytes) = ends.origin.write(&[0; 1024]).await {
            written += bytes;
        }
        assert_eq!(ends.carried.await.unwrap(), Carried::Idle);
        assert!(written <= BUFFER + 3 * 1024, "{written}");
    }
}
