//! The listener of `serve` and of `tunnel`.

use std::net::SocketAddr;

use listener::{Limits, Listener};
use tokio::net::TcpListener;

use crate::announce::announce;
use crate::cli::Tls;
use crate::exit::Failure;
use crate::files;

/// Listens on `address`, over TLS if there are files for it, and prints the address.
pub(crate) async fn listen(
    address: SocketAddr,
    tls: Tls,
    limits: Limits,
) -> Result<Listener, Failure> {
    files::allow(limits.connections);
    let socket = TcpListener::bind(address)
        .await
        .map_err(|error| Failure::internal(format!("cannot listen on {address}: {error}")))?;
    let listener = match tls.files() {
        Some(files) => Listener::tls(socket, files, limits)
            .map_err(|error| Failure::Usage(error.to_string()))?,
        None => Listener::clear(socket, limits),
    };
    // The tunnel carries these streams.
    let listener = listener.with_extended_connect();
    announce(&listener.origin().map_err(Failure::internal)?);
    Ok(listener)
}
