//! Over TLS.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use listener::{Limits, Listener};
use rcgen::{CertificateParams, KeyPair};
use tls::Files;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::server::{GET, SHORT, Server, exchange};

/// More than the limit of handshakes at once.
const SILENT: usize = 600;

/// A server and a TLS connector for it.
async fn start(limits: Limits) -> (Server, TlsConnector) {
    let directory = tempfile::tempdir().unwrap();
    let files = Files {
        certificates: directory.path().join("tls.crt"),
        key: directory.path().join("tls.key"),
    };
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    fs::write(&files.certificates, certificate.pem()).unwrap();
    fs::write(&files.key, key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let listener = Listener::tls(socket, files, limits).unwrap();
    let server = Server::with(listener, address);
    (server, TlsConnector::from(Arc::new(config)))
}

/// A client that chose HTTP/2 in ALPN must speak it (RFC 9113, section 3.4).
#[tokio::test]
async fn http_1_1_after_http_2_was_chosen_is_not_served() {
    let (server, connector) = start(Limits::default()).await;
    for (chosen, answered) in [(&b"http/1.1"[..], true), (b"h2", false)] {
        let mut config = ClientConfig::clone(connector.config());
        config.alpn_protocols = vec![chosen.to_vec()];
        let connector = TlsConnector::from(Arc::new(config));
        let answer = get(&server, &connector, 1).await.unwrap_or_default();
        assert_eq!(answer.starts_with("HTTP/1.1 200"), answered, "{answer:?}");
    }
}

/// The answer, if any, to a client of the loopback address that ends in `host`.
async fn get(server: &Server, connector: &TlsConnector, host: u8) -> Option<String> {
    let stream = server.connect(host).await;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, stream).await.ok()?;
    stream.write_all(GET.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    // A server need not send a TLS close_notify.
    let _ = stream.read_to_end(&mut answer).await;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn clients_who_say_nothing_keep_nobody_out() {
    let (server, connector) = start(Limits::default()).await;
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        silent.push(server.connect(1).await);
    }
    let answer = get(&server, &connector, 1).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_handshake_takes_a_place_and_has_its_time() {
    let limits = |handshake| Limits {
        connections: 1,
        handshake,
        ..Limits::default()
    };
    let (server, connector) = start(limits(Duration::from_secs(86_400))).await;
    let _silent = server.connect(1).await;
    assert!(get(&server, &connector, 2).await.is_none());
    let (server, connector) = start(limits(SHORT)).await;
    let mut silent = server.connect(1).await;
    assert!(exchange(&mut silent, b"").await.is_empty());
    while get(&server, &connector, 2).await.is_none() {}
}
