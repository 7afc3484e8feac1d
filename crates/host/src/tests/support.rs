//! A host that runs the fixture, and a client for it.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egress::Proxies;
use http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use listener::{Ending, Limits, Listener};
use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;
use tls::Files;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::leash::Patience;
use crate::{App, Counts, Intercept, Options, RedisSettings, Server};

/// Artefacts for all tests, below cargo's target directory.
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target");

/// The settings of a host.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) outbound: Vec<String>,
    pub(super) interceptor: Option<Arc<dyn Intercept>>,
    pub(super) tls: Option<Files>,
    pub(super) max_instances: Option<u32>,
    pub(super) max_per_client: Option<u32>,
    pub(super) patience: Patience,
    pub(super) limits: Limits,
}

/// A host on a port of its own.
pub(super) struct Host {
    pub(super) address: SocketAddr,
    /// The free places for instances.
    pub(super) instances: Arc<Semaphore>,
    pub(super) counts: Counts,
    server: JoinHandle<()>,
    _directory: TempDir,
}

impl Builder {
    pub(super) async fn start(self) -> Host {
        let directory = tempfile::tempdir().unwrap();
        let mut app = App::load(&self.options(directory.path())).unwrap();
        app.patience = self.patience;
        let instances = app.places.all.clone();
        let counts = app.counts().clone();
        let mut server = Server::new(app, Ending::default());
        if let Some(interceptor) = self.interceptor {
            server = server.with_interceptor(interceptor);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = match self.tls {
            Some(files) => Listener::tls(listener, files, self.limits).unwrap(),
            None => Listener::clear(listener, self.limits),
        };
        Host {
            address,
            instances,
            counts,
            server: tokio::spawn(server.serve(listener)),
            _directory: directory,
        }
    }

    fn options(&self, directory: &Path) -> Options {
        let wasm = Path::new(TARGET).join("wasm32-wasip1/release/host_fixture.wasm");
        assert!(wasm.exists(), "first: cargo xtask build fixture");
        let component = |name: &str, outbound: &[String]| {
            format!(
                "[[trigger.http]]\nroute = \"/{name}/...\"\ncomponent = \"{name}\"\n\
                 [component.{name}]\nsource = {wasm:?}\nallowed_outbound_hosts = {outbound:?}\n"
            )
        };
        let outbound = match self.outbound.as_slice() {
            [] => &["http://127.0.0.1:1".to_owned()][..],
            given => given,
        };
        let manifest = format!(
            "spin_manifest_version = 2\n[application]\nname = \"fixture\"\n{}{}{}",
            component("one", outbound),
            component("two", outbound),
            component("probe", &[])
        );
        fs::write(directory.join("spin.toml"), manifest).unwrap();
        Options {
            manifest: directory.join("spin.toml"),
            runtime_config: None,
            redis: RedisSettings::default(),
            // For the compilation cache; no store is opened.
            state_dir: PathBuf::from(TARGET).join("host-tests"),
            max_instances: self.max_instances.unwrap_or(20),
            max_instances_per_client: self.max_per_client.unwrap_or(20),
            // The tests act as the proxy: each request names its client.
            trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()],
            outbound_limit: Duration::from_secs(600),
            proxies: Proxies::default(),
            variables: BTreeMap::new(),
        }
    }
}

impl Host {
    /// A new, silent connection.
    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends `bytes`, and returns all that comes until the host closes.
    pub(super) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        // It may be reset, as when the host has not read the whole request.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The answer to a GET, on a connection of its own.
    pub(super) async fn get(&self, path: &str) -> Response<Incoming> {
        let mut client = self.http1().await;
        client.send_request(request(path)).await.unwrap()
    }

    /// An HTTP/1.1 connection.
    pub(super) async fn http1(&self) -> SendRequest<Empty<Bytes>> {
        let io = TokioIo::new(self.connect().await);
        let (client, connection) = http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A self-signed certificate for `localhost`.
pub(super) struct Certificate {
    pub(super) der: CertificateDer<'static>,
    directory: TempDir,
}

impl Certificate {
    pub(super) fn make() -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let made = Self {
            der: certificate.der().clone(),
            directory: tempfile::tempdir().unwrap(),
        };
        fs::write(made.files().certificates, certificate.pem()).unwrap();
        fs::write(made.files().key, key.serialize_pem()).unwrap();
        made
    }

    pub(super) fn files(&self) -> Files {
        Files {
            certificates: self.directory.path().join("tls.crt"),
            key: self.directory.path().join("tls.key"),
        }
    }
}

/// A GET.
pub(super) fn request(path: &str) -> Request<Empty<Bytes>> {
    let request = Request::get(path).header("host", "localhost");
    request.body(Empty::new()).unwrap()
}

/// The whole body.
pub(super) async fn text(response: Response<Incoming>) -> String {
    let body = response.into_body().collect().await.unwrap();
    String::from_utf8_lossy(&body.to_bytes()).into_owned()
}
