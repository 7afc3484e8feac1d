//! The native companion of the Spin component: reads the rotating workload-identity token, which a
//! component cannot, and hands it out over HTTP on loopback to whoever has the bearer that both
//! sides were given, and runs kubelogin in jobs, which a component cannot either. It knows nothing of
//! sessions.
//!
//! `GET /v1/federated-token` gives `{"token": "<JWT>", "expires_at": <seconds since 1970>}`, or a
//! problem document (RFC 9457) that says what is wrong with the file and what to do about it.
//! `/v1/jobs/{owner}` is in [`jobs`].

mod auth;
mod federated_token;
mod host_header;
pub mod jobs;
mod log;
mod problem;
mod routes;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use self::jobs::Kubelogin;

/// What the sidecar is told at its start.
pub struct Config {
    /// The bearer that callers must send; at least 32 bytes that nobody can guess.
    pub token: String,
    /// The file with the workload-identity token (`AZURE_FEDERATED_TOKEN_FILE`). It is read anew
    /// for each request, and so need not exist yet.
    pub federated_token_file: PathBuf,
    /// How kubelogin is run, if it is.
    pub kubelogin: Option<Kubelogin>,
}

/// Listens on `address`, which must be a loopback address: who can reach the sidecar needs only its
/// bearer to get a token with which this proxy proves itself to Entra.
///
/// # Errors
/// When the address is not loopback, or cannot be bound.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    if !address.ip().to_canonical().is_loopback() {
        return Err(BindError::NotLoopback(address));
    }
    TcpListener::bind(address)
        .await
        .map_err(|error| BindError::Io(address, error))
}

/// Serves on `listener`, which comes from [`bind`], until `shutdown` resolves. Requests that are in
/// flight then have ten seconds to finish.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, routes::router(config))
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
    /// The address can be reached from elsewhere.
    NotLoopback(SocketAddr),
    /// The system refuses.
    Io(SocketAddr, io::Error),
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "the sidecar does not listen on {address}: it hands out the workload-identity \
                 token, and so listens only on loopback (127.0.0.1 or [::1])"
            ),
            Self::Io(address, error) => write!(f, "cannot listen on {address}: {error}"),
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotLoopback(_) => None,
            Self::Io(_, error) => Some(error),
        }
    }
}
