//! Checks whether an origin can be reached, for the doctor.

use std::io;
use std::time::Duration;

use egress::Proxies;

use crate::connect::connect;
use crate::{Origin, Trust};

/// Connects to `origin` as a tunnel with these `proxies` and this trust would, TLS included, and closes the
/// connection.
///
/// # Errors
/// When the authorities cannot be read, or there is no connection within `limit`.
pub async fn reach(
    origin: &Origin,
    proxies: &Proxies,
    trust: &Trust,
    limit: Duration,
) -> io::Result<()> {
    let tls = trust.client_config().map_err(io::Error::other)?;
    connect(origin, proxies, tls, limit).await.map(drop)
}
