//! TLS on both sides.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use ::tls::{Files, acceptor};
use egress::Proxies;
use listener::Listener;
use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tunnel::{Config, Limits, Trust, Tunnel};

use crate::api::{Api, SWITCHED, header, read_head};
use crate::client::{Client, EXEC};
use crate::component::{Component, TOKEN, usual};
use crate::stack::{clear, serve, tunnel_to};

/// A certificate for localhost and for `api.example`, and its key.
pub(crate) struct Identity {
    pub(crate) files: Files,
    _directory: TempDir,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let params =
            CertificateParams::new(["localhost", "api.example"].map(str::to_owned)).unwrap();
        let files = Files {
            certificates: directory.path().join("tls.crt"),
            key: directory.path().join("tls.key"),
        };
        fs::write(&files.certificates, params.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(&files.key, key.serialize_pem()).unwrap();
        Self {
            files,
            _directory: directory,
        }
    }

    /// An API server that speaks TLS: its listener, acceptor and port.
    async fn api(&self) -> (TcpListener, TlsAcceptor, u16) {
        let (listener, port) = bind().await;
        let acceptor = acceptor(self.files.clone(), &[b"h2", b"http/1.1"]).unwrap();
        (listener, acceptor, port)
    }

    async fn listen(&self) -> (Listener, u16) {
        let (listener, port) = bind().await;
        let files = self.files.clone();
        let listener = Listener::tls(listener, files, listener::Limits::default());
        (listener.unwrap(), port)
    }

    /// Connects to `port`, and offers `protocols`.
    async fn connect(&self, port: u16, protocols: &[&str]) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(&self.files.certificates).unwrap())
            .unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let mut config = builder
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        connector
            .connect("localhost".try_into().unwrap(), stream)
            .await
            .unwrap()
    }
}

async fn bind() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test]
async fn the_api_server_is_reached_over_tls_if_its_authority_is_trusted() {
    let (api, other) = (Identity::new(), Identity::new());
    // It prefers HTTP/2, which cannot be upgraded.
    let (listener, acceptor, port) = api.api().await;
    let origin = format!("https://localhost:{port}");
    let mut component = Component::start(&origin).await;
    for (trusted, status) in [(&api, 101), (&other, 502)] {
        let tunnel = Tunnel::new(Config {
            token: TOKEN.to_owned(),
            origins: vec![origin.parse().unwrap()],
            proxies: Proxies::default(),
            trust: Trust {
                ca_files: vec![trusted.files.certificates.clone()],
                webpki_roots: false,
            },
            apps: Vec::new(),
            app_proxies: Proxies::default(),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
        });
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let (stop, _) = serve(tunnel.unwrap(), component.address, clear(socket));
        let switches = async {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return std::future::pending().await;
            };
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
            let head = read_head(&mut stream).await;
            assert_eq!(header(&head, "host"), [format!("localhost:{port}")]);
            stream.write_all(SWITCHED.as_bytes()).await.unwrap();
            stream.write_all(b"secret").await.unwrap();
            stream.shutdown().await.unwrap();
            std::future::pending::<()>().await;
        };
        let client = async {
            let mut client = Client::send(address, EXEC).await;
            assert_eq!(client.status(), status);
            if status == 101 {
                assert_eq!(client.rest().await, b"secret");
            } else {
                assert_eq!(client.failure().await, "BadGateway");
            }
        };
        tokio::select! {
            () = client => {}
            () = switches => {}
        }
        component.asked("closed").await;
        drop(stop);
    }
}

/// One listener is first the proxy, and then the API server at the end of its tunnel.
#[tokio::test]
async fn the_api_server_is_reached_by_a_proxy_that_was_asked_for() {
    let identity = Identity::new();
    let (listener, acceptor, port) = identity.api().await;
    let component = Component::start("https://api.example").await;
    let environment = |name: &str| {
        (name == "HTTPS_PROXY").then(|| format!("http://user:password@127.0.0.1:{port}"))
    };
    let tunnel = Tunnel::new(Config {
        token: TOKEN.to_owned(),
        origins: vec!["https://api.example".parse().unwrap()],
        proxies: Proxies::read(&environment).unwrap(),
        trust: Trust {
            ca_files: vec![identity.files.certificates.clone()],
            webpki_roots: false,
        },
        apps: Vec::new(),
        app_proxies: Proxies::default(),
        trusted_proxies: Vec::new(),
        limits: Limits::default(),
    });
    let (socket, _) = bind().await;
    let address = socket.local_addr().unwrap();
    let (_stop, _) = serve(tunnel.unwrap(), component.address, clear(socket));
    let leads = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        assert!(head.starts_with("CONNECT api.example:443 "), "{head}");
        assert_eq!(header(&head, "proxy-authorization").len(), 1);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let head = read_head(&mut stream).await;
        assert_eq!(header(&head, "host"), ["api.example"]);
        assert_eq!(header(&head, "proxy-authorization"), [""; 0]);
        stream.write_all(SWITCHED.as_bytes()).await.unwrap();
        stream.write_all(b"secret").await.unwrap();
        stream.shutdown().await.unwrap();
    };
    let client = async {
        let mut client = Client::send(address, EXEC).await;
        assert_eq!(client.status(), 101);
        assert_eq!(client.rest().await, b"secret");
    };
    tokio::join!(client, leads);

    // A proxy that refuses makes the API server unreachable.
    let refuses = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        let refused = b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(refused).await.unwrap();
    };
    let client = async {
        let client = Client::send(address, EXEC).await;
        assert_eq!(client.status(), 502);
        assert_eq!(client.failure().await, "BadGateway");
    };
    tokio::join!(client, refuses);
}

#[tokio::test]
async fn clients_come_over_tls_by_http_1_or_2() {
    let identity = Identity::new();
    let api = Api::start().await;
    let origin = format!("http://{}", api.address);
    let mut component = Component::start(&origin).await;
    component.answer(move |message| Some(usual(message, &origin)));
    let tunnel = tunnel_to(
        &format!("http://{}", api.address),
        Limits::default(),
        Trust::default(),
    );
    let (listener, port) = identity.listen().await;
    let (stop, _) = serve(tunnel, component.address, listener);

    let mut exec = identity.connect(port, &[]).await;
    exec.write_all(EXEC.as_bytes()).await.unwrap();
    let mut switched = api.switch().await;
    assert!(read_head(&mut exec).await.starts_with("HTTP/1.1 101 "));
    switched.write_all(b"out").await.unwrap();
    let mut out = [0; 3];
    exec.read_exact(&mut out).await.unwrap();
    assert_eq!(&out, b"out");

    let stream = identity.connect(port, &["h2"]).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    over_http_2(stream, &mut component).await;
    drop((exec, stop));
}

async fn over_http_2(stream: TlsStream<TcpStream>, component: &mut Component) {
    use http_body_util::{BodyExt, Empty};
    use hyper::body::Bytes;
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let handshake =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.unwrap();
    let connection = tokio::spawn(connection);
    let request = |path: &str| {
        http::Request::get(format!("https://aks.example{path}"))
            .header("cookie", "a=1")
            .header("cookie", "b=2")
            .body(Empty::<Bytes>::new())
            .unwrap()
    };
    let answer = sender.send_request(request("/nowhere?x")).await.unwrap();
    assert_eq!(
        (answer.status(), answer.version()),
        (http::StatusCode::NOT_FOUND, http::Version::HTTP_2)
    );
    assert_eq!(
        answer.into_body().collect().await.unwrap().to_bytes(),
        "nothing here"
    );
    let seen = component.asked("forwarded").await;
    assert_eq!(seen["target"], "/nowhere?x");
    let headers = seen["headers"].as_array().unwrap();
    for header in [["host", "aks.example"], ["cookie", "a=1; b=2"]] {
        assert!(headers.contains(&serde_json::json!(header)), "{seen}");
    }
    let answer = sender.send_request(request("/-/tunnel")).await.unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(component.asked("forwarded").await["target"], "/-/unknown");
    drop(sender);
    connection.await.unwrap().unwrap();
}

#[test]
fn authorities_that_are_none_are_said() {
    let said = |ca_file: PathBuf| {
        let tunnel = Tunnel::new(Config {
            token: TOKEN.to_owned(),
            origins: Vec::new(),
            proxies: Proxies::default(),
            trust: Trust {
                ca_files: vec![ca_file],
                webpki_roots: false,
            },
            apps: Vec::new(),
            app_proxies: Proxies::default(),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
        });
        tunnel.err().unwrap().to_string()
    };
    assert!(said("/nowhere/ca.crt".into()).contains("/nowhere/ca.crt"));
    let identity = Identity::new();
    let none = said(identity.files.key.clone());
    assert!(none.contains("tls.key"), "{none}");
}
