//! Streams to a server, in the clear or over TLS.

use std::io;

use listener::prepare;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::address::Place;
use super::tls;
use crate::key_value::result::Result;

/// A stream to a server, in the clear or over TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A stream to `place`, on which a dead peer is noticed.
pub(super) async fn stream(place: &Place, secure: bool) -> Result<Box<dyn Stream>> {
    let unreachable = |error: io::Error| format!("{place}: {error}");
    let (host, port) = match place {
        Place::Socket(path) => {
            let stream = UnixStream::connect(path).await;
            return Ok(Box::new(stream.map_err(unreachable)?));
        }
        Place::Host(host, port) => (host.as_str(), *port),
    };
    let stream = TcpStream::connect((host, port)).await;
    let stream = stream.map_err(unreachable)?;
    prepare(&stream);
    if !secure {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(tls::config()?).connect(name, stream);
    Ok(Box::new(stream.await.map_err(unreachable)?))
}
