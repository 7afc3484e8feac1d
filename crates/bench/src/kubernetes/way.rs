//! The two ways to an API server, and connections like those of client-go: with a bearer, over TLS, kept
//! open.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use anyhow::{Context, Result, ensure};
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::client::take;

/// The windows of Go's HTTP/2 client, for a stream and for a connection.
const WINDOWS: (u32, u32) = (4 << 20, 1 << 30);

/// What is spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

impl Protocol {
    /// As people write it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }

    /// As TLS names it (RFC 7301).
    fn alpn(self) -> &'static [u8] {
        match self {
            Self::Http1 => b"http/1.1",
            Self::Http2 => b"h2",
        }
    }
}

/// A way to the API server: straight, or through the proxy.
#[derive(Clone)]
pub(super) struct Way {
    url: Url,
    bearer: HeaderValue,
    tls: ClientConfig,
}

impl Way {
    /// To what is below `url`, whose certificate is of the authority in `authority`, with `bearer`.
    pub(super) fn new(url: &str, authority: &Path, bearer: &str) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(authority)? {
            roots.add(certificate?)?;
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            url: Url::parse(url)?,
            bearer: format!("Bearer {bearer}").parse()?,
            tls,
        })
    }

    /// A connection of its own.
    pub(super) async fn connect(&self, protocol: Protocol) -> Result<Connection> {
        let name = self.url.host_str().context("an address without a host")?;
        let port = self.url.port().context("an address without a port")?;
        // All servers listen on IPv4 only.
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut tls = self.tls.clone();
        tls.alpn_protocols = vec![protocol.alpn().to_vec()];
        let name = ServerName::try_from(name.to_owned())?;
        let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream);
        let stream = TokioIo::new(stream.await?);
        let sender = match protocol {
            Protocol::Http1 => {
                let (sender, connection) = http1::handshake(stream).await?;
                tokio::spawn(connection);
                Sender::Http1(sender)
            }
            Protocol::Http2 => {
                let mut client = http2::Builder::new(TokioExecutor::new());
                client
                    .initial_stream_window_size(WINDOWS.0)
                    .initial_connection_window_size(WINDOWS.1);
                let (sender, connection) = client.handshake(stream).await?;
                tokio::spawn(connection);
                Sender::Http2(sender)
            }
        };
        let way = self.clone();
        Ok(Connection { way, sender })
    }
}

/// A connection that is kept.
pub(super) struct Connection {
    way: Way,
    sender: Sender,
}

enum Sender {
    Http1(http1::SendRequest<Empty<Bytes>>),
    Http2(http2::SendRequest<Empty<Bytes>>),
}

impl Connection {
    /// A clone that shares the connection, if the protocol allows several requests at once.
    pub(super) fn share(&self) -> Option<Self> {
        let Sender::Http2(sender) = &self.sender else {
            return None;
        };
        Some(Self {
            way: self.way.clone(),
            sender: Sender::Http2(sender.clone()),
        })
    }

    /// Requests `path` below the way's address; returns the body of the answer, a 200.
    pub(super) async fn open(&mut self, path: &str, encoding: &str) -> Result<Incoming> {
        let url = &self.way.url;
        let path = format!("{}{path}", url.path().trim_end_matches('/'));
        let request = Request::get(match &self.sender {
            Sender::Http1(_) => path.clone(),
            Sender::Http2(_) => format!("https://{}{path}", url.authority()),
        })
        .header(header::HOST, url.authority())
        .header(header::AUTHORIZATION, &self.way.bearer)
        .header(header::ACCEPT, "application/json")
        .header(header::ACCEPT_ENCODING, encoding)
        .header(header::USER_AGENT, "bench")
        .body(Empty::new())?;
        let response = match &mut self.sender {
            Sender::Http1(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
            Sender::Http2(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
        };
        let status = response.status();
        if status == StatusCode::OK {
            return Ok(response.into_body());
        }
        let body = response.into_body().collect().await?.to_bytes();
        let text = String::from_utf8_lossy(&body);
        anyhow::bail!("{path}: {status} {text}")
    }

    /// The same; reads the answer to its end and returns its length.
    pub(super) async fn read(&mut self, path: &str, encoding: &str) -> Result<u64> {
        let mut body = self.open(path, encoding).await?;
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            length += frame?.data_ref().map_or(0, |data| data.len() as u64);
        }
        ensure!(length > 0, "{path}: nothing");
        Ok(length)
    }
}

/// Several that ask for the same at once: over a connection each, or all over one of HTTP/2.
pub(super) struct Group(Vec<Connection>);

impl Group {
    pub(super) async fn connect(way: &Way, protocol: Protocol, count: usize) -> Result<Self> {
        let mut connections = vec![way.connect(protocol).await?];
        while connections.len() < count {
            let shared = connections.first().and_then(Connection::share);
            connections.push(match shared {
                Some(shared) => shared,
                None => way.connect(protocol).await?,
            });
        }
        Ok(Self(connections))
    }

    /// Asks `count` times in all.
    pub(super) async fn read(
        &mut self,
        path: &'static str,
        encoding: &'static str,
        count: usize,
    ) -> Result<()> {
        let left = Arc::new(AtomicUsize::new(count));
        let mut tasks = JoinSet::new();
        for mut connection in self.0.drain(..) {
            let left = left.clone();
            tasks.spawn(async move {
                while take(&left).is_some() {
                    connection.read(path, encoding).await?;
                }
                anyhow::Ok(connection)
            });
        }
        while let Some(connection) = tasks.join_next().await {
            self.0.push(connection??);
        }
        Ok(())
    }
}
