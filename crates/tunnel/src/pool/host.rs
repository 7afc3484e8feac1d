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

/// How long an unused connection to an API server is kept: less than Go's servers and load balancers keep it.
pub(crate) const UNUSED: Duration = Duration::from_secs(60);
/// How long an unused connection to an app is kept: gunicorn keeps it for 2 seconds, Node for 5. A request
/// that is sent while the server closes is lost, and must not be repeated.
pub(crate) const UNUSED_OF_APP: Duration = Duration::from_millis(1500);
/// How often unused connections are closed.
const SWEEP: Duration = Duration::from_secs(15);
/// How much of an answer, with its head, is read ahead of its client, in bytes.
const BUFFER: usize = 64 * 1024;

/// A server.
pub(crate) struct Host {
    pub(super) origin: Origin,
    proxies: Proxies,
    tls: Tls,
    /// How long an unused connection is kept.
    unused: Duration,
    open: Mutex<Open>,
    /// Held while a connection is opened that others can share.
    opening: tokio::sync::Mutex<()>,
    /// Whether the server is known to speak only HTTP/1.1.
    is_http1: AtomicBool,
}

/// The open connections.
#[derive(Default)]
struct Open {
    http2: Vec<Http2>,
    /// The unused ones, and since when.
    http1: Vec<(http1::SendRequest<Payload>, Instant)>,
    is_swept: bool,
}

/// What a request is sent on.
pub(super) enum Way {
    Http1(http1::SendRequest<Payload>),
    Http2(http2::Sender, Arc<Place>),
}

impl Open {
    /// An unused HTTP/1.1 connection. The one used last is the least likely to be closed.
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
    /// The server at `origin`, reached by `proxies` or directly; `tls` verifies it. A connection that is
    /// unused for `unused` is not used again.
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

    /// A connection to the server, an open one or a new one. `limit` is for each new connection; the caller
    /// sets one for the whole.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(super) async fn way(self: &Arc<Self>, limit: Duration) -> io::Result<Way> {
        if let Some(way) = self.take() {
            return Ok(way);
        }
        let tls = self.tls.clone();
        if self.is_http1.load(Ordering::Relaxed) {
            return self.open(tls, limit).await;
        }
        // Requests that come at once need one connection.
        let _turn = self.opening.lock().await;
        if let Some(way) = self.take() {
            return Ok(way);
        }
        let way = self.open(tls, limit).await?;
        let is_http1 = matches!(way, Way::Http1(_));
        self.is_http1.store(is_http1, Ordering::Relaxed);
        Ok(way)
    }

    /// An HTTP/1.1 connection that is shared with nobody.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(super) async fn way_apart(self: &Arc<Self>, limit: Duration) -> io::Result<Way> {
        if let Some(sender) = self.opened().take_http1(self.unused) {
            return Ok(Way::Http1(sender));
        }
        self.open(self.speaking_http1(), limit).await
    }

    /// A new HTTP/1.1 connection, made within `limit`, neither shared nor kept.
    ///
    /// # Errors
    /// When the server cannot be reached.
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

    /// The proxy that takes requests in absolute form, if the server is reached by such a one.
    pub(super) fn asked_proxy(&self) -> Option<&Arc<Proxy>> {
        self.proxies
            .to(&self.origin.target())
            .filter(|_| !self.origin.secure)
    }

    /// Keeps a connection for another request.
    pub(super) fn keep(self: &Arc<Self>, sender: http1::SendRequest<Payload>) {
        self.opened().http1.push((sender, Instant::now()));
        self.sweep();
    }

    /// An open connection, if there is one.
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
            // Its errors show in the answer.
            let _ = connection.await;
        });
        Ok(Way::Http1(sender))
    }

    /// Starts the task that closes unused connections.
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

    /// Closes unused connections; returns whether any connection is left.
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
