//! When to stop.

use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Failure;

/// Ready at SIGTERM or SIGINT. From this call on they no longer kill the process.
pub(crate) fn requested() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let install = |kind| signal(kind).map_err(Failure::internal);
    let (mut terminate, mut interrupt) = (
        install(SignalKind::terminate())?,
        install(SignalKind::interrupt())?,
    );
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
