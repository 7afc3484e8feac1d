//! A connection by way of a proxy.

use std::io;
use std::sync::Arc;

use http::{Request, header};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use listener::prepare;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::failure::Failure;
use crate::proxy::Proxy;
use crate::target::Target;

/// A connection, in the clear or over TLS.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects with `target` by way of `proxy`. To a target that speaks TLS there is a tunnel, through
/// which the caller speaks it; all others the proxy is asked for itself, with targets in absolute form
/// (RFC 9112, section 3.2.2). `tls` says whom to believe to be the proxy, should it speak TLS.
///
/// The caller sets the time limit, and drops the future when it is over.
///
/// # Errors
/// When the proxy cannot be reached, or makes no tunnel.
pub async fn connect(
    proxy: &Proxy,
    target: &Target,
    tls: Arc<ClientConfig>,
) -> Result<Box<dyn Stream>, Failure> {
    let stream = reach(proxy, tls).await?;
    match target.secure {
        true => tunnel(stream, proxy, target).await,
        false => Ok(stream),
    }
}

async fn reach(proxy: &Proxy, tls: Arc<ClientConfig>) -> Result<Box<dyn Stream>, Failure> {
    let stream = TcpStream::connect((proxy.host.as_str(), proxy.port))
        .await
        .map_err(|error| Failure::unreachable(proxy, error))?;
    prepare(&stream);
    if !proxy.secure {
        return Ok(Box::new(stream));
    }
    let tls_failed = |error| Failure::tls(proxy, error);
    let name = ServerName::try_from(proxy.host.clone());
    let name = name.map_err(|error| tls_failed(io::Error::other(error)))?;
    let stream = TlsConnector::from(tls).connect(name, stream).await;
    Ok(Box::new(stream.map_err(tls_failed)?))
}

/// RFC 9110, section 9.3.6: any 2xx begins the tunnel.
async fn tunnel(
    stream: Box<dyn Stream>,
    proxy: &Proxy,
    target: &Target,
) -> Result<Box<dyn Stream>, Failure> {
    let nonsense = |error| Failure::nonsense(proxy, error);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(nonsense)?;
    // Ends with the sender and the tunnel; what goes wrong with it shows in these.
    tokio::spawn(connection.with_upgrades());
    let response = sender.send_request(request(proxy, target)).await;
    let response = response.map_err(nonsense)?;
    if !response.status().is_success() {
        return Err(Failure::refused(proxy, response.status()));
    }
    let tunnel = hyper::upgrade::on(response).await.map_err(nonsense)?;
    Ok(Box::new(TokioIo::new(tunnel)))
}

fn request(proxy: &Proxy, target: &Target) -> Request<Empty<Bytes>> {
    let authority = target.to_string();
    let mut request = Request::new(Empty::new());
    *request.method_mut() = http::Method::CONNECT;
    // Host and port were parsed from an authority, so this does not fail.
    *request.uri_mut() = authority.parse().unwrap_or_default();
    if let Ok(host) = authority.try_into() {
        request.headers_mut().insert(header::HOST, host);
    }
    if let Some(authorization) = proxy.authorization() {
        let headers = request.headers_mut();
        headers.insert(header::PROXY_AUTHORIZATION, authorization.clone());
    }
    request
}
