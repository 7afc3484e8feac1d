//! CONNECT, towards a proxy that a test plays.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use super::read;
use crate::connect::{Stream, connect};
use crate::{Failure, Target};

/// A proxy that answers one connection's head with these bytes, and then what comes through its tunnel
/// in capitals. Gives its port, and the head at the end.
async fn proxy(
    answer: &'static str,
    tls: Option<TlsAcceptor>,
) -> (u16, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream: Box<dyn Stream> = match tls {
            Some(acceptor) => match acceptor.accept(stream).await {
                Ok(stream) => Box::new(stream),
                Err(_) => return String::new(),
            },
            None => Box::new(stream),
        };
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => break,
            }
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        let mut said = [0; 5];
        if answer.contains(" 20") && stream.read_exact(&mut said).await.is_ok() {
            stream.write_all(&said.to_ascii_uppercase()).await.unwrap();
        }
        String::from_utf8(head).unwrap()
    });
    (port, task)
}

async fn connected(address: &str, tls: ClientConfig) -> Result<Box<dyn Stream>, Failure> {
    let proxies = read(&[("HTTPS_PROXY", address)]).unwrap();
    let target = Target::of("https://login.example").unwrap();
    let proxy = proxies.to(&target).unwrap();
    connect(proxy, &target, Arc::new(tls)).await
}

/// Believes in the certificates of `roots`.
fn client(roots: RootCertStore) -> ClientConfig {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    config.with_root_certificates(roots).with_no_client_auth()
}

fn certificate() -> (CertificateDer<'static>, TlsAcceptor) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = config
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    (certificate, TlsAcceptor::from(Arc::new(config)))
}

/// Through `tunnel` goes what somebody says, and what is answered.
async fn speak(mut tunnel: Box<dyn Stream>) {
    tunnel.write_all(b"hello").await.unwrap();
    let mut answer = [0; 5];
    tunnel.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HELLO");
}

#[tokio::test]
async fn a_tunnel_carries_bytes_and_the_proxy_gets_its_password() {
    for answer in [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.0 200 OK\r\nVia: x\r\n\r\n",
        // No 2xx answer to CONNECT has a body, whatever it says.
        "HTTP/1.1 201 Well\r\nContent-Length: 9\r\n\r\n",
    ] {
        let (port, task) = proxy(answer, None).await;
        let address = format!("http://user:pass@127.0.0.1:{port}");
        speak(
            connected(&address, client(RootCertStore::empty()))
                .await
                .unwrap(),
        )
        .await;
        let head = task.await.unwrap().to_lowercase();
        assert!(head.starts_with("connect login.example:443 http/1.1\r\n"));
        assert!(head.contains("\r\nhost: login.example:443\r\n"), "{head}");
        assert!(head.contains("\r\nproxy-authorization: basic "), "{head}");
    }
}

/// A server that speaks first.
#[tokio::test]
async fn what_comes_with_the_proxys_head_is_from_the_tunnel() {
    let (port, _task) = proxy("HTTP/1.1 200 OK\r\n\r\nfirst", None).await;
    let address = format!("http://127.0.0.1:{port}");
    let tunnel = connected(&address, client(RootCertStore::empty())).await;
    let mut tunnel = tunnel.unwrap();
    let mut first = [0; 5];
    tunnel.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"first");
    speak(tunnel).await;
}

#[tokio::test]
async fn a_proxy_that_leads_nowhere_is_named_with_its_answer() {
    for (answer, expected) in [
        (
            "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n",
            "407",
        ),
        (
            "HTTP/1.1 403 Filtered\r\nContent-Length: 2\r\n\r\nno",
            "403",
        ),
        ("HTTP/1.1 502 Bad\r\n\r\n", "502"),
        ("HTTP/1.1 101 Odd\r\n\r\n", "101"),
        ("SSH-2.0-OpenSSH\r\n", "does not answer as a proxy"),
        ("", "does not answer as a proxy"),
    ] {
        let (port, _task) = proxy(answer, None).await;
        let address = format!("http://user:secret@127.0.0.1:{port}");
        let failure = connected(&address, client(RootCertStore::empty())).await;
        let failure = failure.err().unwrap();
        let text = failure.to_string();
        assert!(text.contains(&format!("127.0.0.1:{port}")), "{text}");
        assert!(text.contains(expected), "{answer}: {text}");
        let all = format!("{text} {failure:?}");
        assert!(!all.contains("secret") && !all.contains("user:"), "{all}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_away_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let address = format!("http://127.0.0.1:{port}");
    let failure = connected(&address, client(RootCertStore::empty())).await;
    let text = failure.err().unwrap().to_string();
    assert!(
        text.contains(&format!("127.0.0.1:{port} cannot be reached")),
        "{text}"
    );
}

#[tokio::test]
async fn a_proxy_over_tls_is_believed_by_its_authority_only() {
    let (certificate, acceptor) = certificate();
    let established = "HTTP/1.1 200 OK\r\n\r\n";
    let mut roots = RootCertStore::empty();
    let (port, _task) = proxy(established, Some(acceptor.clone())).await;
    let address = format!("https://localhost:{port}");
    let failure = connected(&address, client(roots.clone())).await;
    let text = failure.err().unwrap().to_string();
    assert!(text.contains("over TLS"), "{text}");

    roots.add(certificate).unwrap();
    let (port, task) = proxy(established, Some(acceptor)).await;
    let address = format!("https://localhost:{port}");
    speak(connected(&address, client(roots)).await.unwrap()).await;
    assert!(
        task.await
            .unwrap()
            .starts_with("CONNECT login.example:443 ")
    );
}
