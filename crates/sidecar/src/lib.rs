//! What a component cannot do itself: reads the rotating workload-identity token.
//!
//! An HTTP service on loopback. Every answer but `/healthz` needs the bearer that component and
//! sidecar share, so that nothing else in the pod can take the proxy's identity. kubelogin's jobs
//! will be routes beside `/v1/federated-token`.

mod access;
mod federated_token;
mod problem;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::routing::get;
use axum::{Router, middleware};
use tokio::net::TcpListener;

use self::access::Bearer;
use self::problem::Problem;

/// What the sidecar is told.
pub struct Config {
    /// The bearer (RFC 6750) that callers present: at least 32 bytes of visible ASCII.
    pub token: String,
    /// The projected service-account token: `AZURE_FEDERATED_TOKEN_FILE`.
    pub federated_token_file: PathBuf,
}

/// Listens on `address`, which must be a loopback address: beyond it the bearer and the token would
/// travel in clear text.
///
/// # Errors
/// When `address` is another one, or cannot be listened on.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    if !address.ip().is_loopback() {
        return Err(BindError::NotLoopback(address));
    }
    TcpListener::bind(address)
        .await
        .map_err(|error| BindError::Io(address, error))
}

/// Serves on `listener` until `shutdown` is ready and requests in flight are answered.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(config))
        .with_graceful_shutdown(shutdown)
        .await
}

/// Why the sidecar does not listen.
#[derive(Debug)]
pub enum BindError {
    /// The address is not this machine's own.
    NotLoopback(SocketAddr),
    /// The system refuses it.
    Io(SocketAddr, io::Error),
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "the sidecar hands out this pod's identity, so it listens on a loopback address \
                 only, such as 127.0.0.1:8081, and not on {address}"
            ),
            Self::Io(address, error) => write!(f, "cannot listen on {address}: {error}"),
        }
    }
}

impl std::error::Error for BindError {}

fn router(config: Config) -> Router {
    let bearer = Bearer::new(config.token);
    let file = Arc::new(config.federated_token_file);
    Router::new()
        .route(
            "/v1/federated-token",
            get(federated_token::respond).with_state(file),
        )
        .layer(middleware::from_fn_with_state(
            bearer,
            access::require_bearer,
        ))
        .route("/healthz", get(async || "ok\n"))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "There is nothing at this address."))
        .layer(middleware::from_fn(access::require_loopback_host))
}
