//! Connections that are kept after an exchange for the next one to the same origin.
//!
//! A TLS handshake costs one to two milliseconds of processor time, more than a small answer. HTTP/1.1 is
//! cheaper here than HTTP/2: it has no frames, no windows per stream, and no single task, lock and TCP window
//! for the answers of all watches. It costs a socket for each watch, which has one on the client's side
//! anyway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use http::uri::{Authority, Scheme};
use http::{Request, Uri};
use hyper::client::conn::http1;
use tokio::time::{Instant, sleep};
use wasmtime_wasi_http::{Error, WasiBody};

/// How long a connection may be idle. Servers close idle ones (a Kubernetes API server after 90 seconds). The
/// side that closes first knows that no request is in flight.
const IDLE: Duration = Duration::from_secs(60);
/// How often older idle connections are closed.
const SWEEP: Duration = Duration::from_secs(15);
/// The most idle connections for each origin.
const MOST: usize = 100;

/// Sends over a connection.
pub(crate) type Sender = http1::SendRequest<WasiBody>;

/// The destination of a connection.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Origin {
    pub(crate) secure: bool,
    pub(crate) authority: Authority,
    /// The TLS settings for the proxy on the way, if there is one.
    pub(crate) rules: Option<usize>,
}

/// The idle connections made under the same TLS settings.
#[derive(Default)]
pub(crate) struct Pool(Mutex<State>);

#[derive(Default)]
struct State {
    /// The most recently used is last.
    idle: HashMap<Origin, Vec<Idle>>,
    /// Whether a task closes old connections.
    swept: bool,
}

struct Idle {
    sender: Sender,
    since: Instant,
}

impl Origin {
    /// The destination of `request`. `rules` are the TLS settings for a proxy on the way.
    pub(crate) fn of<B>(request: &Request<B>, rules: Option<usize>) -> Result<Self, Error> {
        let uri: &Uri = request.uri();
        let authority = uri.authority().cloned();
        Ok(Self {
            secure: uri.scheme() == Some(&Scheme::HTTPS),
            authority: authority.ok_or(Error::HttpRequestUriInvalid)?,
            rules,
        })
    }

    /// The host, without the brackets of an IPv6 address.
    pub(crate) fn host(&self) -> &str {
        self.authority.host().trim_matches(['[', ']'])
    }
}

impl Pool {
    /// A connection to `origin` that is ready for a request.
    pub(crate) fn take(&self, origin: &Origin) -> Option<Sender> {
        let mut state = self.lock();
        let idle = state.idle.get_mut(origin)?;
        idle.retain(Idle::is_alive);
        // A connection is not ready while its last request is still being written.
        let at = idle.iter().rposition(|idle| idle.sender.is_ready())?;
        Some(idle.remove(at).sender)
    }

    /// Keeps a connection whose last answer was read to the end.
    pub(crate) fn put(self: &Arc<Self>, origin: Origin, sender: Sender) {
        let mut state = self.lock();
        let idle = state.idle.entry(origin).or_default();
        if idle.len() >= MOST {
            idle.remove(0);
        }
        let since = Instant::now();
        idle.push(Idle { sender, since });
        if !state.swept {
            state.swept = true;
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Closes old connections; returns whether any is left.
    fn close_old(&self) -> bool {
        let mut state = self.lock();
        state.idle.retain(|_, idle| {
            idle.retain(Idle::is_alive);
            !idle.is_empty()
        });
        state.swept = !state.idle.is_empty();
        state.swept
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Idle {
    fn is_alive(&self) -> bool {
        !self.sender.is_closed() && self.since.elapsed() < IDLE
    }
}

/// Closes old connections as long as there are connections.
async fn sweep(pool: Weak<Pool>) {
    loop {
        sleep(SWEEP).await;
        if !pool.upgrade().is_some_and(|pool| pool.close_old()) {
            return;
        }
    }
}
