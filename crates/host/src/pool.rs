//! Connections that are kept open after an exchange, for the next one with the same origin.
//!
//! A TLS handshake costs one to two milliseconds of processor time, more than a small answer does.
//! HTTP/1.1 is cheaper here than HTTP/2: no frames, no windows for each stream, and no single task,
//! lock and TCP window through which the answers of all watches would have to go. What it costs is a
//! socket for each watch, which has one on the client's side already.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use http::uri::{Authority, Scheme};
use http::{Request, Uri};
use hyper::client::conn::http1;
use tokio::time::{Instant, sleep};
use wasmtime_wasi_http::{Error, WasiBody};

/// How long a connection may stand idle. Servers close theirs sooner or later (a Kubernetes API server
/// after 90 seconds), and whoever closes first is sure that no request is under way.
const IDLE: Duration = Duration::from_secs(60);
/// How often connections are closed that have stood for longer.
const SWEEP: Duration = Duration::from_secs(15);
/// How many idle connections are kept for each origin.
const MOST: usize = 100;

/// What sends over a connection.
pub(crate) type Sender = http1::SendRequest<WasiBody>;

/// Where a connection leads.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Origin {
    pub(crate) secure: bool,
    pub(crate) authority: Authority,
    /// The rules by which the proxy on the way is trusted, if there is one.
    pub(crate) rules: Option<usize>,
}

/// The idle connections of those who trust and prove themselves in the same way.
#[derive(Default)]
pub(crate) struct Pool(Mutex<State>);

#[derive(Default)]
struct State {
    /// The one that was used last comes last.
    idle: HashMap<Origin, Vec<Idle>>,
    /// Whether somebody looks for those that have stood for too long.
    swept: bool,
}

struct Idle {
    sender: Sender,
    since: Instant,
}

impl Origin {
    /// Where `request` goes. A proxy on the way is trusted by these `rules`.
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
    /// A connection to `origin` over which a request can go now.
    pub(crate) fn take(&self, origin: &Origin) -> Option<Sender> {
        let mut state = self.lock();
        let idle = state.idle.get_mut(origin)?;
        idle.retain(Idle::is_alive);
        // One is not ready while its last request is still being written.
        let at = idle.iter().rposition(|idle| idle.sender.is_ready())?;
        Some(idle.remove(at).sender)
    }

    /// Keeps a connection whose last answer has been read to its end.
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

    /// Closes what has stood for too long; says whether there is anything left.
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

/// Goes on as long as there is something to close.
async fn sweep(pool: Weak<Pool>) {
    loop {
        sleep(SWEEP).await;
        if !pool.upgrade().is_some_and(|pool| pool.close_old()) {
            return;
        }
    }
}
