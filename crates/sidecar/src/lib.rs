//! The native companion of the Spin component: reads the rotating workload-identity token, which a
//! component cannot, and hands it out over HTTP on loopback to whoever has the bearer that both
//! sides were given, and runs kubelogin in jobs, which a component cannot either. It knows nothing of
//! sessions.
//!
//! `GET /v1/federated-token` gives `{"token": "<JWT>", "expires_at": <seconds since 1970>}`, or a
//! problem document (RFC 9457) that says what is wrong with the file and what to do about it.
//! `GET /v1/service-account-token` does the same for the token of the pod's service account, where it
//! was told to. `/v1/jobs/{owner}` starts, shows and ends the jobs in [`jobs`].

mod auth;
mod config;
#[cfg(fuzzing)]
pub mod fuzzing;
mod host_header;
pub mod jobs;
mod log;
mod problem;
mod routes;
mod service;
mod token_file;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tls::{Files, TlsListener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::server::TlsStream;

pub use self::config::Config;

/// Where the sidecar listens.
pub enum Listener {
    /// On loopback, in the clear.
    Loopback(TcpListener),
    /// Anywhere, over TLS.
    Tls(TlsListener),
}

impl Listener {
    /// Listens on `address`. Without TLS that must be a loopback address: who can reach the sidecar
    /// needs only its bearer to get a token with which this proxy proves itself to Entra.
    ///
    /// # Errors
    /// When the address needs TLS, the certificate is of no use, or the address cannot be bound.
    pub async fn bind(address: SocketAddr, tls: Option<Files>) -> Result<Self, BindError> {
        if tls.is_none() && !address.ip().to_canonical().is_loopback() {
            return Err(BindError::NotLoopback(address));
        }
        let acceptor = tls
            .map(|files| tls::acceptor(files, &[]))
            .transpose()
            .map_err(BindError::Certificate)?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| BindError::Io(address, error))?;
        Ok(match acceptor {
            Some(acceptor) => Self::Tls(TlsListener::new(listener, acceptor)),
            None => Self::Loopback(listener),
        })
    }

    /// Where it is.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn origin(&self) -> io::Result<String> {
        Ok(match self {
            Self::Loopback(listener) => format!("http://{}", listener.local_addr()?),
            Self::Tls(listener) => format!("https://{}", listener.local_addr()?),
        })
    }
}

/// Serves on `listener` until `shutdown` resolves. Requests that are in flight then have ten seconds
/// to finish.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: Listener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    match listener {
        Listener::Loopback(listener) => {
            let router = routes::on_loopback(routes::router(config));
            serve_on(listener, router, shutdown).await
        }
        Listener::Tls(listener) => {
            serve_on(Accepting(listener), routes::router(config), shutdown).await
        }
    }
}

/// As axum wants a listener.
struct Accepting(TlsListener);

impl axum::serve::Listener for Accepting {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        self.0.accept().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

async fn serve_on<L: axum::serve::Listener<Addr: fmt::Debug>>(
    listener: L,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(async {
            // An error means that `stop` was dropped, which says the same.
            let _ = stopped.await;
        })
        .into_future();
    let limit = async {
        shutdown.await;
        drop(stop);
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server => result,
        () = limit => Ok(()),
    }
}

/// How long requests may go on once the sidecar is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// The sidecar cannot listen.
#[derive(Debug)]
pub enum BindError {
    /// The address can be reached from elsewhere, and there is no TLS.
    NotLoopback(SocketAddr),
    /// What TLS needs is not there.
    Certificate(tls::Error),
    /// The system refuses.
    Io(SocketAddr, io::Error),
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "the sidecar does not listen on {address} without TLS: it hands out tokens, and so \
                 listens only on loopback (127.0.0.1 or [::1]), or with --tls-cert and --tls-key"
            ),
            Self::Certificate(error) => error.fmt(f),
            Self::Io(address, error) => write!(f, "cannot listen on {address}: {error}"),
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotLoopback(_) => None,
            Self::Certificate(error) => Some(error),
            Self::Io(_, error) => Some(error),
        }
    }
}
