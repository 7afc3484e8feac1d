//! The listener with a certificate.

use std::sync::Arc;

use http::Version;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::support::{Builder, Certificate, Host, request, text};

async fn start() -> (Host, Certificate) {
    let certificate = Certificate::make();
    let builder = Builder {
        tls: Some(certificate.files()),
        ..Builder::default()
    };
    (builder.start().await, certificate)
}

/// A connection with the first of `protocols` that the host accepts.
async fn connect(
    host: &Host,
    certificate: &Certificate,
    protocols: &[&str],
) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let name = "localhost".try_into().unwrap();
    let stream = host.connect().await;
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap()
}

#[tokio::test]
async fn http2_is_spoken_with_who_asks_for_it() {
    let (host, certificate) = start().await;
    let stream = connect(&host, &certificate, &["h2", "http/1.1"]).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = TokioIo::new(stream);
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    let mut request = request("/one/head");
    *request.uri_mut() = "https://localhost/one/head".parse().unwrap();
    request.headers_mut().clear();
    let response = client.send_request(request).await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    let seen = text(response).await;
    assert!(seen.starts_with("https\nlocalhost\n"), "{seen}");
}

#[tokio::test]
async fn http1_is_spoken_with_everybody_else() {
    let (host, certificate) = start().await;
    for protocols in [&[][..], &["http/1.1"][..]] {
        let stream = connect(&host, &certificate, protocols).await;
        let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let response = client.send_request(request("/one/head")).await.unwrap();
        assert_eq!(response.version(), Version::HTTP_11);
        let seen = text(response).await;
        assert!(seen.starts_with("https\nlocalhost\n"), "{seen}");
    }
}

#[tokio::test]
async fn nothing_is_answered_in_the_clear() {
    let (host, _certificate) = start().await;
    let answer = host
        .raw(b"GET /one/head HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    assert!(!answer.contains("HTTP/1.1"), "{answer}");
}
