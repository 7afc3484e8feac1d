//! A connection to an origin.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use listener::prepare;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use url::Host;

use crate::Origin;

/// A connection, in the clear or over TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects to `origin` within `limit`, its TLS included.
pub(crate) async fn connect(
    origin: &Origin,
    tls: Arc<ClientConfig>,
    limit: Duration,
) -> io::Result<Box<dyn Stream>> {
    timeout(limit, connect_at_all(origin, tls))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

async fn connect_at_all(origin: &Origin, tls: Arc<ClientConfig>) -> io::Result<Box<dyn Stream>> {
    let port = origin.port;
    let (stream, name) = match &origin.host {
        Host::Domain(domain) => {
            let name = ServerName::try_from(domain.clone()).map_err(io::Error::other)?;
            (TcpStream::connect((domain.as_str(), port)).await?, name)
        }
        Host::Ipv4(address) => to_address((*address).into(), port).await?,
        Host::Ipv6(address) => to_address((*address).into(), port).await?,
    };
    // What people type is sent at once, and who stands between forgets nothing that is quiet for long.
    prepare(&stream);
    if !origin.secure {
        return Ok(Box::new(stream));
    }
    Ok(Box::new(
        TlsConnector::from(tls).connect(name, stream).await?,
    ))
}

async fn to_address(address: IpAddr, port: u16) -> io::Result<(TcpStream, ServerName<'static>)> {
    let stream = TcpStream::connect((address, port)).await?;
    Ok((stream, ServerName::from(address)))
}
