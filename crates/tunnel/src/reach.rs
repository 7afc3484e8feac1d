//! Whether an origin can be reached, for whoever examines an installation.

use std::io;
use std::time::Duration;

use crate::connect::connect;
use crate::{Origin, Trust};

/// Connects to `origin` as a tunnel that trusts so would, TLS included, and closes the connection.
///
/// # Errors
/// When the authorities cannot be read, or there is no connection within `limit`.
pub async fn reach(origin: &Origin, trust: &Trust, limit: Duration) -> io::Result<()> {
    let tls = trust.client_config().map_err(io::Error::other)?;
    connect(origin, tls, limit).await.map(drop)
}
