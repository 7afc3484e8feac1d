//! The native companion of the Spin component, for what a component cannot do. It reads the rotating
//! workload-identity token, and serves it over HTTP on loopback to callers with the shared bearer. It runs
//! kubelogin in jobs. It knows no sessions.
//!
//! `GET /v1/federated-token` returns `{"token": "<JWT>", "expires_at": <seconds since 1970>}`, or a problem
//! document (RFC 9457) with what is wrong with the file and the remedy. `GET /v1/service-account-token` does
//! the same for the token of the pod's service account, if it is configured. `/v1/jobs/{owner}` starts, shows
//! and ends the jobs in [`jobs`].

mod auth;
mod config;
mod counts;
#[cfg(fuzzing)]
pub mod fuzzing;
mod host_header;
pub mod jobs;
mod log;
mod probing;
mod problem;
mod routes;
mod service;
mod token_file;

use std::net::SocketAddr;
use std::{fmt, io};

use hyper_util::service::TowerToHyperService;
use listener::{Ending, Limits};
use tls::Files;
use tokio::net::TcpListener;
use traces::Traces;

pub use self::config::Config;
pub use self::counts::Counts;
pub use self::token_file::{Unavailable, federated_token};

/// The sidecar's listener.
pub struct Listener {
    listener: listener::Listener,
    /// Whether it listens on loopback in the clear; otherwise it uses TLS.
    is_loopback: bool,
    counts: Counts,
    traces: Traces,
}

impl Listener {
    /// Listens on `address`. Without TLS that must be a loopback address: a client that reaches the sidecar
    /// needs only its bearer to get the proxy's credential for Entra. On loopback all clients have one
    /// address, which may have all connections.
    ///
    /// # Errors
    /// When the address needs TLS, the certificate cannot be used, or the address cannot be bound.
    pub async fn bind(
        address: SocketAddr,
        tls: Option<Files>,
        limits: Limits,
    ) -> Result<Self, BindError> {
        let is_loopback = tls.is_none();
        if is_loopback && !address.ip().to_canonical().is_loopback() {
            return Err(BindError::NotLoopback(address));
        }
        let socket = TcpListener::bind(address)
            .await
            .map_err(|error| BindError::Io(address, error))?;
        let listener = match tls {
            Some(files) => {
                listener::Listener::tls(socket, files, limits).map_err(BindError::Certificate)?
            }
            None => {
                let per_client = limits.connections;
                listener::Listener::clear(
                    socket,
                    Limits {
                        per_client,
                        ..limits
                    },
                )
            }
        };
        Ok(Self {
            listener,
            is_loopback,
            counts: Counts::new(),
            traces: Traces::default(),
        })
    }

    /// Traces requests by `traces`.
    #[must_use]
    pub fn with_traces(self, traces: Traces) -> Self {
        Self { traces, ..self }
    }

    /// The counts of the sidecar.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The counts of its connections.
    pub fn connections(&self) -> &listener::Counts {
        self.listener.counts()
    }

    /// Its own origin.
    ///
    /// # Errors
    /// When the system does not report the address.
    pub fn origin(&self) -> io::Result<String> {
        self.listener.origin()
    }
}

/// Serves on `listener` until the end.
pub async fn serve(listener: Listener, config: Config, ending: Ending) {
    let counts = &listener.counts;
    let traced = (listener.traces.clone(), !listener.is_loopback);
    let router = routes::router(config, counts, traced, ending.clone());
    let router = match listener.is_loopback {
        true => routes::on_loopback(router, counts),
        false => router,
    };
    let service = |_| TowerToHyperService::new(router.clone());
    listener::serve(listener.listener, service, &ending).await;
}

/// Why the sidecar cannot listen.
#[derive(Debug)]
pub enum BindError {
    /// The address is not loopback, and there is no TLS.
    NotLoopback(SocketAddr),
    /// The certificate or key is missing or wrong.
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
