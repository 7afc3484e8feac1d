//! One server, and the connections to it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use egress::{Proxies, Proxy};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, sleep};

use super::body::Payload;
use super::http2::{self, Http2};
use super::place::Place;
use crate::Origin;
use crate::connect::{Connected, Stream, Tls, connect_speaking};

/// An unused connection to an API server is kept for so long: Go's servers keep it for longer, and so do load
/// balancers.
pub(crate) const UNUSED: Duration = Duration::from_secs(60);
/// The same for an app: gunicorn keeps it for 2 seconds, Node for 5. A request that is sent while the server
/// closes is lost, and is not ours to repeat.
pub(crate) const UNUSED_OF_APP: Duration = Duration::from_millis(1500);
/// How often it is looked for those that are unused.
const SWEEP: Duration = Duration::from_secs(15);
/// The most that is read of an answer before its client has taken it, in bytes, its head included.
const BUFFER: usize = 64 * 1024;

/// A server.
pub(crate) struct Host {
    pub(super) origin: Origin,
    proxies: Proxies,
    tls: Tls,
    /// For how long a connection that is unused is kept.
    unused: Duration,
    open: Mutex<Open>,
    /// Whoever opens a connection on which there will be room for others.
    opening: tokio::sync::Mutex<()>,
    /// Whether it is known to speak HTTP/1.1 alone.
    is_http1: AtomicBool,
}

/// What is open.
#[derive(Default)]
struct Open {
    http2: Vec<Http2>,
    /// Those that are unused, and since when.
    http1: Vec<(http1::SendRequest<Payload>, Instant)>,
    is_swept: bool,
}

/// What a request is sent on.
pub(super) enum Way {
    Http1(http1::SendRequest<Payload>),
    Http2(http2::Sender, Arc<Place>),
}

impl Open {
    /// A connection of HTTP/1.1. The one that was used last is the least likely to be closed.
    fn take_http1(&mut self, unused: Duration) -> Option<http1::SendRequest<Payload>> {
        loop {
            let (sender, since) = self.http1.pop()?;
            if sender.is_ready() && since.elapsed() < unused {
                return Some(sender);
            }
        }
    }
}

impl Host {
    /// The server at `origin`, reached by `proxies`, or without; `tls` says whom to believe to be it. A connection
    /// that is `unused` for so long is used no more.
    pub(crate) fn new(origin: Origin, proxies: Proxies, tls: Tls, unused: Duration) -> Arc<Self> {
        let is_http1 = AtomicBool::new(!origin.secure);
        Arc::new(Self {
            origin,
            proxies,
            tls,
            unused,
            open: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            is_http1,
        })
    }

    /// Whether it is at `origin`.
    pub(crate) fn is(&self, origin: &Origin) -> bool {
        self.origin == *origin
    }

    /// A way to it: one that is there, or a new one. `limit` is for each connection that is made; the caller
    /// sets one for all.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(super) async fn way(self: &Arc<Self>, limit: Duration) -> io::Result<Way> {
        if let Some(way) = self.take() {
            return Ok(way);
        }
        let tls = self.tls.clone();
        if self.is_http1.load(Ordering::Relaxed) {
            return self.open(tls, limit).await;
        }
        // Many who come at once need one connection.
        let _turn = self.opening.lock().await;
        if let Some(way) = self.take() {
            return Ok(way);
        }
        let way = self.open(tls, limit).await?;
        let is_http1 = matches!(way, Way::Http1(_));
        self.is_http1.store(is_http1, Ordering::Relaxed);
        Ok(way)
    }

    /// The same; it is shared with nobody, and speaks HTTP/1.1.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(super) async fn way_apart(self: &Arc<Self>, limit: Duration) -> io::Result<Way> {
        if let Some(sender) = self.opened().take_http1(self.unused) {
            return Ok(Way::Http1(sender));
        }
        self.open(self.speaking_http1(), limit).await
    }

    /// A connection of HTTP/1.1 that is nobody else's, and never kept, made within `limit`.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(crate) async fn connect(&self, limit: Duration) -> io::Result<Box<dyn Stream>> {
        let connected =
            connect_speaking(&self.origin, &self.proxies, self.speaking_http1(), limit).await?;
        Ok(connected.stream)
    }

    fn speaking_http1(&self) -> Tls {
        Tls {
            origin: self.tls.http1.clone(),
            ..self.tls.clone()
        }
    }

    /// The proxy that has to be asked for it by its whole address, since there is no tunnel to it.
    pub(super) fn asked_proxy(&self) -> Option<&Arc<Proxy>> {
        self.proxies
            .to(&self.origin.target())
            .filter(|_| !self.origin.secure)
    }

    /// Keeps a connection that is of use again.
    pub(super) fn keep(self: &Arc<Self>, sender: http1::SendRequest<Payload>) {
        self.opened().http1.push((sender, Instant::now()));
        self.sweep();
    }

    /// What is there.
    fn take(&self) -> Option<Way> {
        let mut open = self.opened();
        open.http2.retain(Http2::is_alive);
        if let Some((sender, place)) = open.http2.iter().find_map(Http2::take) {
            return Some(Way::Http2(sender, place));
        }
        let is_http1 = self.is_http1.load(Ordering::Relaxed);
        let sender = is_http1.then(|| open.take_http1(self.unused)).flatten();
        sender.map(Way::Http1)
    }

    async fn open(self: &Arc<Self>, tls: Tls, limit: Duration) -> io::Result<Way> {
        let connected = connect_speaking(&self.origin, &self.proxies, tls, limit).await?;
        let Connected { stream, is_http2 } = connected;
        if is_http2 {
            let http2 = Http2::connect(stream).await.map_err(io::Error::other)?;
            let nothing = || io::Error::other("it allows no request");
            let (sender, place) = http2.take().ok_or_else(nothing)?;
            self.opened().http2.push(http2);
            self.sweep();
            return Ok(Way::Http2(sender, place));
        }
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        tokio::spawn(async move {
            // What goes wrong with it shows in the answer.
            let _ = connection.await;
        });
        Ok(Way::Http1(sender))
    }

    /// Sees to it that unused connections are closed.
    fn sweep(self: &Arc<Self>) {
        if std::mem::replace(&mut self.opened().is_swept, true) {
            return;
        }
        let host = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                sleep(SWEEP).await;
                match host.upgrade() {
                    Some(host) if host.close_unused() => {}
                    _ => return,
                }
            }
        });
    }

    /// Closes what is unused; gives whether anything is left.
    fn close_unused(&self) -> bool {
        let mut open = self.opened();
        let is_used = |since: Instant| since.elapsed() < self.unused;
        open.http2
            .retain(|http2| http2.is_alive() && http2.idle_since().is_none_or(is_used));
        open.http1
            .retain(|(sender, since)| !sender.is_closed() && is_used(*since));
        open.is_swept = !open.http2.is_empty() || !open.http1.is_empty();
        open.is_swept
    }

    fn opened(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
