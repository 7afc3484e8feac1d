//! The way to the collector: one POST at a time, over a connection of its own. They are seconds apart.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use egress::{Proxies, Stream, Target};
use http::uri::Scheme;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::log;
use crate::settings::Settings;
use crate::unusable::Unusable;

/// The longest answer that is read, in bytes: it says how many spans were rejected.
const LONGEST: usize = 64 * 1024;

/// The collector. The thread that exports is none of tokio's, so it asks in a task.
pub(crate) struct Collector {
    runtime: Handle,
    way: Arc<Way>,
}

struct Way {
    tls: Arc<ClientConfig>,
    proxies: Proxies,
    limit: Duration,
    /// Whether the last export went wrong. The log is told only when that changes.
    is_away: AtomicBool,
}

impl Collector {
    /// The one of `settings`, reached by `proxies`.
    pub(crate) fn new(settings: &Settings, proxies: Proxies) -> Result<Self, Unusable> {
        Ok(Self {
            runtime: Handle::current(),
            way: Arc::new(Way {
                tls: Arc::new(tls(settings)?),
                proxies,
                limit: settings.timeout,
                is_away: AtomicBool::new(false),
            }),
        })
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let way = self.way.clone();
        Ok(self.runtime.spawn(way.send(request)).await??)
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}

impl Way {
    /// Sends `request`; what goes wrong is logged once.
    async fn send(self: Arc<Self>, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let sent = timeout(self.limit, self.exchange(request)).await;
        let sent = sent.unwrap_or_else(|_| Err("no answer in time".into()));
        match &sent {
            Ok(answer) if answer.status().is_success() => self.is_there(&host),
            Ok(answer) => self.is_lost(&host, &format!("answered {}", answer.status())),
            Err(error) => self.is_lost(&host, &error.to_string()),
        }
        sent
    }

    fn is_there(&self, host: &str) {
        if self.is_away.swap(false, Ordering::Relaxed) {
            log::line("sent", host);
        }
    }

    fn is_lost(&self, host: &str, reason: &str) {
        if !self.is_away.swap(true, Ordering::Relaxed) {
            log::line("away", &format!("{host}: {reason}"));
        }
    }

    async fn exchange(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let uri = request.uri().clone();
        let stream = self.connect(&uri).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Ends with the sender and the body of the answer.
        tokio::spawn(connection);
        let host = uri.authority().map_or("", |authority| authority.as_str());
        let host = HeaderValue::from_str(host)?;
        request.headers_mut().insert(header::HOST, host);
        self.address(&mut request);
        let answer = sender.send_request(request.map(Full::new)).await?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, LONGEST).collect().await?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }

    async fn connect(&self, uri: &Uri) -> Result<Box<dyn Stream>, HttpError> {
        let target = target(uri);
        let stream: Box<dyn Stream> = match self.proxies.to(&target) {
            Some(proxy) => egress::connect(proxy, &target, self.tls.clone())
                .await
                .map_err(|failure| failure.to_string())?,
            None => Box::new(TcpStream::connect((bare_host(uri), port(uri))).await?),
        };
        if !target.is_secure() {
            return Ok(stream);
        }
        let name = ServerName::try_from(bare_host(uri).to_owned())?;
        let connector = TlsConnector::from(self.tls.clone());
        Ok(Box::new(connector.connect(name, stream).await?))
    }

    /// A proxy that is asked itself gets the whole address; everybody else the path (RFC 9112, section
    /// 3.2).
    fn address(&self, request: &mut Request<Bytes>) {
        let target = target(request.uri());
        match self.proxies.to(&target) {
            Some(proxy) if !target.is_secure() => {
                if let Some(authorization) = proxy.authorization() {
                    let headers = request.headers_mut();
                    headers.insert(header::PROXY_AUTHORIZATION, authorization.clone());
                }
            }
            _ => {
                let path = request.uri().path_and_query().cloned();
                *request.uri_mut() = path.map_or(Uri::from_static("/"), Uri::from);
            }
        }
    }
}

fn target(uri: &Uri) -> Target {
    Target::new(is_secure(uri), uri.host().unwrap_or_default(), port(uri))
}

fn is_secure(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

fn port(uri: &Uri) -> u16 {
    let usual = if is_secure(uri) { 443 } else { 80 };
    uri.port_u16().unwrap_or(usual)
}

/// Without the brackets of an IPv6 address.
fn bare_host(uri: &Uri) -> &str {
    uri.host().unwrap_or_default().trim_matches(['[', ']'])
}

/// Trusts the authorities of the settings; without them those that browsers trust, and those of the
/// system or of `SSL_CERT_FILE`.
fn tls(settings: &Settings) -> Result<ClientConfig, Unusable> {
    let mut roots = RootCertStore::empty();
    match &settings.certificate {
        Some(file) => {
            let unusable = |reason: &dyn fmt::Display| {
                let file = file.display();
                Unusable(format!("OTEL_EXPORTER_OTLP_CERTIFICATE ({file}): {reason}"))
            };
            let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
                .and_then(Iterator::collect)
                .map_err(|error| unusable(&error))?;
            if certificates.is_empty() {
                return Err(unusable(&"there is no certificate in it"));
            }
            for certificate in certificates {
                roots.add(certificate).map_err(|error| unusable(&error))?;
            }
        }
        None => {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Unusable(io::Error::other(error).to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
