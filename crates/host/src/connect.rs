//! Connections for components' calls.

use std::sync::Arc;

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use wasmtime_wasi_http::Error;

use crate::pool::{Origin, Sender};
use crate::way::Way;
use listener::prepare;

/// The longest head of an answer, and the read-ahead for a component that does not read, in bytes.
const READ_AHEAD: usize = 128 * 1024;

/// A new connection to `origin` on this `way`; `tls` has the TLS settings.
pub(crate) async fn connect(
    origin: &Origin,
    way: &Way,
    tls: Arc<ClientConfig>,
) -> Result<Sender, Error> {
    match way {
        Way::Straight => speak(straight(origin).await?, origin, tls).await,
        Way::By(proxied) => speak(proxied.connect().await?, origin, tls).await,
    }
}

async fn straight(origin: &Origin) -> Result<TcpStream, Error> {
    let default = if origin.secure { 443 } else { 80 };
    let port = origin.authority.port_u16().unwrap_or(default);
    let stream = TcpStream::connect((origin.host(), port))
        .await
        .map_err(Error::Connect)?;
    prepare(&stream);
    Ok(stream)
}

async fn speak<S>(stream: S, origin: &Origin, tls: Arc<ClientConfig>) -> Result<Sender, Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    if !origin.secure {
        return handshake(stream).await;
    }
    let name =
        ServerName::try_from(origin.host().to_owned()).map_err(Error::InvalidDnsNameError)?;
    let stream = TlsConnector::from(tls).connect(name, stream).await;
    handshake(stream.map_err(Error::Tls)?).await
}

async fn handshake<S>(stream: S) -> Result<Sender, Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(READ_AHEAD)
        .handshake(TokioIo::new(stream))
        .await?;
    // Ends when the sender and the body of its last answer are gone, or the other end closes.
    tokio::spawn(connection);
    Ok(sender)
}
