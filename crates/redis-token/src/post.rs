//! One POST. Tokens are got about once an hour, so no connection is kept.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use egress::{Failure, Proxies, Stream, Target};
use http::header::{ACCEPT, CONTENT_TYPE, HOST, RETRY_AFTER};
use http::uri::Scheme;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a proxy may take to lead there.
const PATIENCE_WITH_PROXY: Duration = Duration::from_secs(10);
/// The longest answer, in bytes.
const LONGEST: usize = 256 * 1024;

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
}

/// Sends `form` to `address`, which has a host, by the proxy that `proxies` have for it. An error says what
/// went wrong, without anything that was sent.
pub(crate) async fn post(address: &Uri, proxies: &Proxies, form: String) -> Result<Answer, String> {
    send(address, proxies, "application/x-www-form-urlencoded", form).await
}

/// The same with content of this type.
pub(crate) async fn send(
    address: &Uri,
    proxies: &Proxies,
    content_type: &'static str,
    content: String,
) -> Result<Answer, String> {
    let failed = |reason: String| format!("{}: {reason}", address.host().unwrap_or_default());
    timeout(PATIENCE, exchange(address, proxies, content_type, content))
        .await
        .unwrap_or_else(|_| Err(format!("no answer within {PATIENCE:?}")))
        .map_err(failed)
}

async fn exchange(
    address: &Uri,
    proxies: &Proxies,
    content_type: &'static str,
    content: String,
) -> Result<Answer, String> {
    let stream = connect(address, proxies).await;
    let stream = stream.map_err(|error| error.to_string())?;
    let handshake = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| error.to_string())?;
    // Ends with the sender and the body of the answer.
    tokio::spawn(connection);
    let host = address
        .authority()
        .map_or("", |authority| authority.as_str());
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(HOST, host)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, content_type)
        .body(Full::new(Bytes::from(content)))
        .map_err(|error| error.to_string())?;
    let response = sender.send_request(request).await;
    let (head, body) = response.map_err(|error| error.to_string())?.into_parts();
    let body = Limited::new(body, LONGEST).collect().await;
    let seconds = head.headers.get(RETRY_AFTER);
    let seconds = seconds.and_then(|value| value.to_str().ok()?.parse().ok());
    Ok(Answer {
        status: head.status,
        retry_after: seconds.map(Duration::from_secs),
        body: body.map_err(|error| error.to_string())?.to_bytes(),
    })
}

async fn connect(address: &Uri, proxies: &Proxies) -> io::Result<Box<dyn Stream>> {
    let is_secure = address.scheme() == Some(&Scheme::HTTPS);
    let host = address.host().unwrap_or_default().trim_matches(['[', ']']);
    let port = address
        .port_u16()
        .unwrap_or(if is_secure { 443 } else { 80 });
    if !is_secure {
        // The settings allow this on this machine only, which is never reached by a proxy.
        return Ok(Box::new(TcpStream::connect((host, port)).await?));
    }
    let tls = tls()?;
    let target = Target::new(is_secure, host, port);
    let stream: Box<dyn Stream> = match proxies.to(&target) {
        None => Box::new(TcpStream::connect((host, port)).await?),
        Some(proxy) => {
            let leads = egress::connect(proxy, &target, tls.clone());
            let stream = timeout(PATIENCE_WITH_PROXY, leads).await;
            let stream = stream.unwrap_or_else(|_| Err(Failure::silent(proxy)));
            stream.map_err(io::Error::other)?
        }
    };
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let stream = TlsConnector::from(tls).connect(name, stream).await?;
    Ok(Box::new(stream))
}

/// Trusts the authorities that browsers trust, and those of the system or of `SSL_CERT_FILE`. It is for
/// Entra, and for a proxy that speaks TLS itself.
fn tls() -> io::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.into(),
    };
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    Ok(Arc::new(config))
}
