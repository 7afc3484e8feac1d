//! Calls through a proxy.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use egress::Proxies;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Empty};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::support::Certificate;
use crate::client_tls::ClientTls;
use crate::counts::Counts;
use crate::exchange;
use crate::grants::{Grants, Outbound};
use crate::variables::Granted;
use crate::way::Way;

/// A proxy that gives every request the same answer, or none.
struct Proxy {
    address: String,
    heads: UnboundedReceiver<(usize, String)>,
}

impl Proxy {
    async fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://user:secret@{}", listener.local_addr().unwrap());
        let (sender, heads) = unbounded_channel();
        tokio::spawn(async move {
            for number in 1.. {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(converse(stream, answer, number, sender.clone()));
            }
        });
        Self { address, heads }
    }

    /// A proxy that speaks TLS with this certificate for `localhost`.
    async fn start_over_tls(answer: &'static str, certificate: &Certificate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = tls::acceptor(certificate.files(), &[b"http/1.1"]).unwrap();
        let (sender, heads) = unbounded_channel();
        tokio::spawn(async move {
            for number in 1.. {
                let (stream, _) = listener.accept().await.unwrap();
                // A client that does not trust the certificate ends the handshake.
                if let Ok(stream) = acceptor.accept(stream).await {
                    tokio::spawn(converse(stream, answer, number, sender.clone()));
                }
            }
        });
        let address = format!("https://user:secret@localhost:{port}");
        Self { address, heads }
    }

    /// The grants of a component whose calls use this proxy.
    fn grants(&self, client_tls: &str) -> Grants {
        let environment = |name: &str| match name {
            "HTTP_PROXY" | "HTTPS_PROXY" => Some(self.address.clone()),
            "NO_PROXY" => Some("direct.example".to_owned()),
            _ => None,
        };
        let written = match client_tls {
            "" => Vec::new(),
            text => vec![toml::from_str(text).unwrap()],
        };
        Grants {
            component: "one".to_owned(),
            variables: Granted::default(),
            stores: HashMap::new(),
            outbound: Outbound::Only(Vec::new()),
            outbound_limit: Duration::from_secs(600),
            client_tls: Arc::new(ClientTls::load(&written, Path::new("")).unwrap()),
            proxies: Proxies::read(&environment).unwrap(),
            counts: Arc::new(Counts::new(1)),
        }
    }

    /// The number of the next request's connection, and its head.
    async fn asked(&mut self) -> (usize, String) {
        self.heads.recv().await.unwrap()
    }
}

fn way(grants: &Grants, uri: &Uri) -> Way {
    Way::of(&grants.component, &grants.client_tls, &grants.proxies, uri)
}

/// Answers each head on `stream` with `answer`, until it ends.
async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &'static str,
    number: usize,
    heads: UnboundedSender<(usize, String)>,
) {
    let mut head = Vec::new();
    while let Ok(byte) = stream.read_u8().await {
        head.push(byte);
        if head.ends_with(b"\r\n\r\n") {
            let text = String::from_utf8(std::mem::take(&mut head)).unwrap();
            let _ = heads.send((number, text));
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }
}

async fn get(grants: &Grants, url: &str) -> Result<Response<WasiBody>, Error> {
    get_within(grants, url, Duration::from_secs(60)).await
}

/// The same, with this limit for connecting.
async fn get_within(
    grants: &Grants,
    url: &str,
    limit: Duration,
) -> Result<Response<WasiBody>, Error> {
    let body = Empty::new().map_err(Error::from).boxed_unsync();
    let request = Request::get(url).header("host", "login.example");
    let request = request.body(body).unwrap();
    let (trust, way) = (
        grants.client_tls.of("one", "login.example"),
        way(grants, request.uri()),
    );
    let options = RequestOptions {
        connect_timeout: Some(limit),
        ..RequestOptions::default()
    };
    exchange::send(request, Some(options), grants.outbound_limit, &trust, &way).await
}

#[tokio::test]
async fn a_plain_target_is_asked_for_in_absolute_form_over_kept_connections() {
    let mut proxy = Proxy::start("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let grants = proxy.grants("");
    for _ in 0..2 {
        let answer = get(&grants, "http://login.example/x?y").await.unwrap();
        answer.into_body().collect().await.unwrap();
        let (number, head) = proxy.asked().await;
        assert_eq!(number, 1);
        let head = head.to_lowercase();
        assert!(head.starts_with("get http://login.example/x?y http/1.1\r\n"));
        assert!(head.contains("\r\nhost: login.example\r\n"), "{head}");
        // `user:secret`.
        let authorization = "\r\nproxy-authorization: basic dxnlcjpzzwnyzxq=\r\n";
        assert!(head.contains(authorization), "{head}");
    }
}

#[tokio::test]
async fn a_407_is_the_proxys_own_and_never_the_origins() {
    let mut proxy = Proxy::start("HTTP/1.1 407 No\r\ncontent-length: 2\r\n\r\nno").await;
    let grants = proxy.grants("");
    for url in ["http://login.example/x", "https://login.example/x"] {
        let answer = get(&grants, url).await;
        assert!(matches!(answer, Err(Error::DestinationUnavailable)));
        proxy.asked().await;
    }
}

#[tokio::test]
async fn a_proxy_that_says_nothing_takes_no_longer_than_connecting_may() {
    let mut proxy = Proxy::start("").await;
    let (grants, limit) = (proxy.grants(""), Duration::from_secs(60));
    let asked = async {
        let (_, head) = proxy.asked().await;
        // The proxy is silent from now on, so time may pass.
        tokio::time::pause();
        head
    };
    let (answer, head) = tokio::join!(get_within(&grants, "https://login.example/", limit), asked);
    assert!(matches!(answer, Err(Error::ConnectionTimeout)));
    assert!(head.starts_with("CONNECT login.example:443 "), "{head}");
}

#[tokio::test]
async fn a_proxy_that_speaks_tls_is_believed_by_the_authority_that_client_tls_names() {
    let certificate = Certificate::make();
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let mut proxy = Proxy::start_over_tls(answer, &certificate).await;
    let unknown = get(&proxy.grants(""), "http://login.example/").await;
    assert!(matches!(unknown, Err(Error::DestinationUnavailable)));
    let authority = certificate.files().certificates;
    let entry = format!(
        "component_ids = [\"one\"]\nhosts = [\"localhost\"]\nca_roots_file = {authority:?}"
    );
    let known = get(&proxy.grants(&entry), "http://login.example/").await;
    assert_eq!(known.unwrap().status(), 200);
    assert!(
        proxy
            .asked()
            .await
            .1
            .starts_with("GET http://login.example/ ")
    );
}

/// A component with another authority for the proxy has its own connections.
#[tokio::test]
async fn the_rules_for_the_proxy_are_those_for_its_host() {
    let proxy = Proxy::start("").await;
    let rules = |hosts: &str, url: &str| {
        let entry = format!("component_ids = [\"one\"]\nhosts = [\"{hosts}\"]");
        way(&proxy.grants(&entry), &url.parse().unwrap()).rules()
    };
    let login = "https://login.example/";
    assert_eq!(rules("127.0.0.1", login), Some(0), "the entry's");
    assert_eq!(rules("login.example", login), Some(1), "the default's");
    assert_eq!(rules("127.0.0.1", "https://direct.example/"), None);
}
