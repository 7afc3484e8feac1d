//! `aks-oauth-proxy healthcheck`.

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::any_certificate::AnyCertificate;
use crate::cli;
use crate::exit::Failure;

/// The longest answer that is read, in bytes; a bad one is shown.
const LONGEST: usize = 16 * 1024;

/// Asks once.
pub(crate) async fn run(arguments: cli::Healthcheck) -> Result<(), Failure> {
    let target = Target::of(&arguments.url)?;
    let url = &arguments.url;
    let asked = timeout(Duration::from_secs(arguments.timeout_seconds), target.ask());
    match asked.await {
        Ok(Ok(answer)) if answer.status().is_success() => Ok(()),
        Ok(Ok(answer)) => {
            let status = answer.status();
            let text = String::from_utf8_lossy(answer.body());
            Err(Failure::Unhealthy(format!(
                "{url} answered {status}\n{text}"
            )))
        }
        Ok(Err(why)) => Err(Failure::Unhealthy(format!("{url}: {why}"))),
        Err(_) => Err(Failure::Unhealthy(format!("{url} did not answer in time"))),
    }
}

/// The address to ask, and the path.
struct Target<'a> {
    is_secure: bool,
    host: &'a str,
    port: u16,
    authority: &'a str,
    path: &'a str,
}

type Why = Box<dyn std::error::Error + Send + Sync>;

impl<'a> Target<'a> {
    fn of(url: &'a Uri) -> Result<Self, Failure> {
        let wrong = || {
            let example = "write it as http://127.0.0.1:8080/livez";
            Failure::Usage(format!("--url is no address of a server: {url}; {example}"))
        };
        let is_secure = match url.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(wrong()),
        };
        let authority = url.authority().ok_or_else(wrong)?;
        Ok(Self {
            is_secure,
            host: authority.host().trim_matches(['[', ']']),
            port: url.port_u16().unwrap_or(if is_secure { 443 } else { 80 }),
            authority: authority.as_str(),
            path: url.path_and_query().map_or("/", |path| path.as_str()),
        })
    }

    async fn ask(&self) -> Result<Response<Bytes>, Why> {
        let stream = TcpStream::connect((self.host, self.port)).await?;
        if !self.is_secure {
            return self.exchange(stream).await;
        }
        let name = ServerName::try_from(self.host.to_owned())?;
        let tls = TlsConnector::from(Arc::new(any_certificate()?));
        self.exchange(tls.connect(name, stream).await?).await
    }

    async fn exchange<S>(&self, stream: S) -> Result<Response<Bytes>, Why>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the answer.
        tokio::spawn(connection);
        let request = Request::get(self.path)
            .header(HOST, self.authority)
            .header(CONNECTION, HeaderValue::from_static("close"))
            .body(Empty::<Bytes>::new())?;
        let answer: Response<Incoming> = sender.send_request(request).await?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, LONGEST).collect().await?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

/// A TLS configuration that accepts any peer.
fn any_certificate() -> Result<ClientConfig, Why> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(AnyCertificate::new(provider.clone()));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}
