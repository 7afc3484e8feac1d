//! The way to a collector: over TLS, and by a proxy.

use std::fs;
use std::sync::Arc;

use egress::Proxies;
use http::Request;
use hyper::body::Bytes;
use opentelemetry_http::HttpClient;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::settings;
use crate::Settings;
use crate::collector::Collector;

/// Sends three bytes to `url` as `settings` and `proxies` say; the status of the answer.
async fn send(settings: &Settings, proxies: Proxies, url: &str) -> Result<u16, String> {
    let collector = Collector::new(settings, proxies).unwrap();
    let request = Request::post(url).body(Bytes::from_static(b"abc"));
    let answer = collector.send_bytes(request.unwrap()).await;
    let answer = answer.map_err(|error| error.to_string())?;
    Ok(answer.status().as_u16())
}

/// Reads a request whose content is `abc`, and answers it.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\nabc") {
        request.push(stream.read_u8().await.unwrap());
    }
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(answer).await.unwrap();
    stream.flush().await.unwrap();
    String::from_utf8(request).unwrap()
}

/// A listener at a port of this machine.
async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A certificate for 127.0.0.1: its file, and who has it.
fn certificate() -> (TempDir, String, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("ca.crt");
    fs::write(&file, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let file = file.to_str().unwrap().to_owned();
    (directory, file, TlsAcceptor::from(Arc::new(config)))
}

#[tokio::test]
async fn over_tls_the_authorities_of_the_settings_are_believed_and_no_others() {
    let (_directory, file, acceptor) = certificate();
    let (listener, port) = listen().await;
    let url = format!("https://127.0.0.1:{port}/v1/traces");
    let endpoint = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url.as_str());
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        assert!(acceptor.accept(stream).await.is_err(), "it is not believed");
        let (stream, _) = listener.accept().await.unwrap();
        answer(acceptor.accept(stream).await.unwrap()).await
    });
    let believing = settings(&[endpoint, ("OTEL_EXPORTER_OTLP_CERTIFICATE", &file)]);
    let none = Proxies::default();
    assert!(
        send(&settings(&[endpoint]), none.clone(), &url)
            .await
            .is_err()
    );
    assert_eq!(send(&believing, none, &url).await, Ok(200));
    let request = serving.await.unwrap();
    assert!(
        request.starts_with("POST /v1/traces HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains(&format!("host: 127.0.0.1:{port}\r\n")),
        "{request}"
    );
}

/// This machine is never reached by a proxy, so the collector has another name.
#[tokio::test]
async fn a_proxy_of_the_environment_is_asked_with_the_whole_address() {
    let (listener, port) = listen().await;
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        answer(stream).await
    });
    let proxy = format!("http://user:word@127.0.0.1:{port}");
    let proxies = Proxies::read(&|name| (name == "HTTP_PROXY").then(|| proxy.clone()));
    let url = "http://collector.example:4318/v1/traces";
    let settings = settings(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url)]);
    assert_eq!(send(&settings, proxies.unwrap(), url).await, Ok(200));
    let request = serving.await.unwrap();
    assert!(
        request.starts_with(&format!("POST {url} HTTP/1.1\r\n")),
        "{request}"
    );
    assert!(
        request.contains("host: collector.example:4318\r\n"),
        "{request}"
    );
    assert!(request.contains("proxy-authorization: Basic "), "{request}");
}

#[tokio::test]
async fn what_takes_too_long_or_leads_nowhere_is_an_error() {
    let (listener, port) = listen().await;
    let url = format!("http://127.0.0.1:{port}/v1/traces");
    let endpoint = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url.as_str());
    let settings = settings(&[endpoint, ("OTEL_EXPORTER_OTLP_TIMEOUT", "20")]);
    let silent = send(&settings, Proxies::default(), &url).await;
    assert_eq!(silent, Err("no answer in time".to_owned()));
    drop(listener);
    let nobody = send(&settings, Proxies::default(), &url).await;
    assert!(nobody.is_err());
}
