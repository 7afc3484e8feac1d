//! The configuration of a tunnel.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{error, fmt};

use egress::Proxies;
use ipnet::IpNet;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::Origin;
use crate::connect::{HTTP1, HTTP2, Tls};

/// The configuration of a tunnel.
pub struct Config {
    /// The bearer that the tunnel shows to the component alone: at least 32 unguessable bytes of visible
    /// ASCII.
    pub token: String,
    /// The origins of the API server. The tunnel connects to no others, whatever the component says.
    pub origins: Vec<Origin>,
    /// The proxies to these origins; none, as a rule. `trust` applies to them too.
    pub proxies: Proxies,
    /// The certificates that the tunnel accepts from such an origin.
    pub trust: Trust,
    /// The apps. The tunnel connects to no others, whatever the component says. No request to the API server
    /// goes there, and none to an app goes to the API server.
    pub apps: Vec<Server>,
    /// The proxies to the apps.
    pub app_proxies: Proxies,
    /// The proxies in front, whose word on the client's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The limits of the tunnel.
    pub limits: Limits,
}

/// A server that a tunnel connects to.
#[derive(Clone)]
pub struct Server {
    /// Where it is.
    pub origin: Origin,
    /// How the origin's certificate is verified, and the tunnel's own certificate. The tunnel sets ALPN
    /// itself.
    pub tls: Arc<ClientConfig>,
    /// The same for a proxy on the way that itself speaks TLS.
    pub proxy_tls: Arc<ClientConfig>,
}

/// The authorities whose certificates are accepted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Trust {
    /// Authorities in these PEM files, read once at the start.
    pub ca_files: Vec<PathBuf>,
    /// Whether the authorities that browsers trust are accepted too.
    pub webpki_roots: bool,
}

/// The limits of a tunnel.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most upgraded connections at once. One client address may have half of them, those of people whom
    /// the component knows not counted.
    pub connections: usize,
    /// The most plain requests at once; the same holds for these. As many again may be answered by the
    /// component, of which one client address may have half.
    pub requests: usize,
    /// How long a connection may be silent before it ends.
    pub idle: Duration,
    /// How long a connection may last.
    pub absolute: Duration,
    /// How long the component may take to decide.
    pub decision: Duration,
    /// How long connecting to an origin may take, TLS included.
    pub connect: Duration,
    /// How long an origin may take until it has sent the head of its answer.
    pub head: Duration,
    /// How often the component is asked whether a connection may go on.
    pub look_every: Duration,
    /// How long a connection may go on without the component's consent.
    pub look_patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let hour = Duration::from_secs(3600);
        Self {
            connections: 200,
            requests: 10_000,
            // The kubelet has the same limit.
            idle: 4 * hour,
            absolute: 24 * hour,
            // The component may first have to get a token from Entra.
            decision: Duration::from_secs(60),
            connect: Duration::from_secs(5),
            head: Duration::from_secs(60),
            look_every: Duration::from_secs(5),
            look_patience: Duration::from_secs(60),
        }
    }
}

impl Trust {
    /// Checks that the authorities can be read.
    ///
    /// # Errors
    /// When they cannot.
    pub fn check(&self) -> Result<(), Unusable> {
        self.client_config().map(drop)
    }

    /// The TLS configuration. It offers only HTTP/1.1, which can be upgraded.
    ///
    /// # Errors
    /// When the authorities cannot be read.
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, Unusable> {
        let mut roots = RootCertStore::empty();
        if self.webpki_roots {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        for file in &self.ca_files {
            let wrong = |what: String| Unusable::Authorities(format!("{}: {what}", file.display()));
            let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
                .and_then(Iterator::collect)
                .map_err(|error| wrong(error.to_string()))?;
            if certificates.is_empty() {
                return Err(wrong("no certificate in it".to_owned()));
            }
            for certificate in certificates {
                roots
                    .add(certificate)
                    .map_err(|error| wrong(error.to_string()))?;
            }
        }
        // The provider is named, since other parts of the program may install another.
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Unusable::Authorities(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![HTTP1.to_vec()];
        Ok(Arc::new(config))
    }
}

/// The TLS settings of `tls`, and those for a proxy in `proxy`. They offer HTTP/2 before HTTP/1.1 (RFC 7301),
/// and HTTP/1.1 alone where it is required.
pub(crate) fn speaking(tls: &ClientConfig, proxy: Arc<ClientConfig>) -> Tls {
    let offering = |protocols: &[&[u8]]| {
        let mut config = tls.clone();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Arc::new(config)
    };
    Tls {
        origin: offering(&[HTTP2, HTTP1]),
        http1: offering(&[HTTP1]),
        proxy,
    }
}

/// A tunnel cannot be made.
#[derive(Debug)]
pub enum Unusable {
    /// The authorities cannot be read.
    Authorities(String),
    /// The token has a character that no header can have.
    Token,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authorities(why) => f.write_str(why),
            Self::Token => {
                f.write_str("the tunnel's token has a character that no header can have")
            }
        }
    }
}

impl error::Error for Unusable {}
