//! A connection to an origin.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use egress::{Failure, Proxies};
use listener::prepare;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use url::Host;

use crate::Origin;

/// HTTP/1.1 over TLS, as ALPN names it (RFC 7301, section 6).
pub(crate) const HTTP1: &[u8] = b"http/1.1";
/// HTTP/2 over TLS, as ALPN names it (RFC 9113, section 3.2).
pub(crate) const HTTP2: &[u8] = b"h2";

/// A connection, in the clear or over TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection and its protocol.
pub(crate) struct Connected {
    pub(crate) stream: Box<dyn Stream>,
    /// Whether ALPN chose HTTP/2 (RFC 7301).
    pub(crate) is_http2: bool,
}

/// The TLS settings of one server.
#[derive(Clone)]
pub(crate) struct Tls {
    /// For the origin, with all protocols.
    pub(crate) origin: Arc<ClientConfig>,
    /// For the origin, with HTTP/1.1 alone.
    pub(crate) http1: Arc<ClientConfig>,
    /// For a proxy.
    pub(crate) proxy: Arc<ClientConfig>,
}

/// Connects to `origin` within `limit`, TLS included, through the proxy that `proxies` have for it. `tls`
/// verifies both. The connection speaks HTTP/1.1.
pub(crate) async fn connect(
    origin: &Origin,
    proxies: &Proxies,
    tls: Arc<ClientConfig>,
    limit: Duration,
) -> io::Result<Box<dyn Stream>> {
    let tls = Tls {
        origin: tls.clone(),
        http1: tls.clone(),
        proxy: tls,
    };
    let connected = connect_speaking(origin, proxies, tls, limit).await?;
    Ok(connected.stream)
}

/// Like [`connect`], and reports the protocol that was agreed on.
pub(crate) async fn connect_speaking(
    origin: &Origin,
    proxies: &Proxies,
    tls: Tls,
    limit: Duration,
) -> io::Result<Connected> {
    let target = origin.target();
    let proxy = proxies.to(&target);
    let connecting = async {
        let stream: Box<dyn Stream> = match proxy {
            None => straight(origin).await?,
            Some(proxy) => {
                let stream = egress::connect(proxy, &target, tls.proxy).await;
                Box::new(stream.map_err(io::Error::other)?)
            }
        };
        match origin.secure {
            true => over_tls(origin, stream, tls.origin).await,
            false => Ok(Connected {
                stream,
                is_http2: false,
            }),
        }
    };
    timeout(limit, connecting)
        .await
        .unwrap_or_else(|_| match proxy {
            None => Err(io::ErrorKind::TimedOut.into()),
            Some(proxy) => Err(io::Error::other(Failure::silent(proxy))),
        })
}

async fn straight(origin: &Origin) -> io::Result<Box<dyn Stream>> {
    let port = origin.port;
    let stream = match &origin.host {
        Host::Domain(domain) => TcpStream::connect((domain.as_str(), port)).await?,
        Host::Ipv4(address) => TcpStream::connect((*address, port)).await?,
        Host::Ipv6(address) => TcpStream::connect((*address, port)).await?,
    };
    // Keystrokes are sent at once, and middleboxes do not forget a quiet connection.
    prepare(&stream);
    Ok(Box::new(stream))
}

async fn over_tls(
    origin: &Origin,
    stream: Box<dyn Stream>,
    tls: Arc<ClientConfig>,
) -> io::Result<Connected> {
    let name = match &origin.host {
        Host::Domain(domain) => ServerName::try_from(domain.clone()).map_err(io::Error::other)?,
        Host::Ipv4(address) => ServerName::from(IpAddr::from(*address)),
        Host::Ipv6(address) => ServerName::from(IpAddr::from(*address)),
    };
    let stream = TlsConnector::from(tls).connect(name, stream).await?;
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(HTTP2);
    Ok(Connected {
        stream: Box::new(stream),
        is_http2,
    })
}
