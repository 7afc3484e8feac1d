//! `/metrics`, on a port of its own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::service::service_fn;
use listener::{Ending, Limits, Listener};
use metrics::Registry;
use serde_json::json;
use tokio::net::TcpListener;

use crate::exit::Failure;

/// The most scrapers at once; there are one or two.
const CONNECTIONS: u32 = 50;

/// The metrics of this process, which runs `command`. It has only the common ones yet.
pub(crate) fn registry(command: &'static str) -> Registry {
    Registry::new(command, env!("CARGO_PKG_VERSION"))
}

/// Listens on `address`, if there is one.
pub(crate) async fn bind(address: Option<SocketAddr>) -> Result<Option<Listener>, Failure> {
    let Some(address) = address else {
        return Ok(None);
    };
    let socket = TcpListener::bind(address).await.map_err(|error| {
        Failure::internal(format!(
            "cannot listen on {address} (--metrics-listen): {error}"
        ))
    })?;
    let limits = Limits {
        connections: CONNECTIONS,
        per_client: CONNECTIONS,
        ..Limits::default()
    };
    Ok(Some(Listener::clear(socket, limits)))
}

/// Serves `registry` on `listener` until the process ends, also while it drains, and prints the address.
pub(crate) fn serve(listener: Option<Listener>, registry: Registry) -> Result<(), Failure> {
    let Some(listener) = listener else {
        return Ok(());
    };
    let url = format!("{}/metrics", listener.origin().map_err(Failure::internal)?);
    let registry = Arc::new(registry);
    let service = move |_| {
        let registry = registry.clone();
        service_fn(move |request| {
            let answer = metrics::answer(&registry, &request);
            async move { Ok::<_, Infallible>(answer) }
        })
    };
    tokio::spawn(async move {
        listener::serve(listener, service, &Ending::default()).await;
    });
    println!("{}", json!({ "event": "metrics", "url": url }));
    Ok(())
}

#[cfg(test)]
mod tests;
