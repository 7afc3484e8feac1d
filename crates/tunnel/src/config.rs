//! What a tunnel is told at its start.

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

/// What a tunnel is told at its start.
pub struct Config {
    /// The bearer that it shows to the component, and to nobody else: at least 32 bytes that nobody can
    /// guess, all of them visible ASCII.
    pub token: String,
    /// The origins of the API server that it connects to, whatever the component says.
    pub origins: Vec<Origin>,
    /// The proxies by which it does so; none, as a rule. They are believed by `trust` too.
    pub proxies: Proxies,
    /// Whom it believes to be such an origin.
    pub trust: Trust,
    /// The apps that it connects to, whatever the component says. No request to the API server goes there, nor
    /// the other way round.
    pub apps: Vec<Server>,
    /// The proxies by which it reaches apps.
    pub app_proxies: Proxies,
    /// The proxies in front, which are believed when they say from where a request comes.
    pub trusted_proxies: Vec<IpNet>,
    /// How much it does, and for how long.
    pub limits: Limits,
}

/// A server that a tunnel connects to.
#[derive(Clone)]
pub struct Server {
    /// Where it is.
    pub origin: Origin,
    /// Whom it is believed to be, and how the tunnel proves itself there. What is agreed on by ALPN is the
    /// tunnel's own to say.
    pub tls: Arc<ClientConfig>,
    /// The same with a proxy on the way there that speaks TLS itself.
    pub proxy_tls: Arc<ClientConfig>,
}

/// The authorities whose certificates are believed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Trust {
    /// Those in these files, in PEM. They are read once, at the start.
    pub ca_files: Vec<PathBuf>,
    /// Whether those that browsers trust are trusted too.
    pub webpki_roots: bool,
}

/// How much a tunnel does, and for how long.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most upgraded connections at once.
    pub connections: usize,
    /// The most plain requests at once. Half of them may be those of one client address to apps, of which some
    /// answer everybody.
    pub requests: usize,
    /// A connection on which no byte has moved for so long ends.
    pub idle: Duration,
    /// A connection ends so long after it began.
    pub absolute: Duration,
    /// How long the component may take to decide.
    pub decision: Duration,
    /// How long it may take to reach an origin, TLS included.
    pub connect: Duration,
    /// How long an origin may take until it has sent the head of its answer.
    pub head: Duration,
    /// How often the component is asked whether a connection may go on.
    pub look_every: Duration,
    /// Without its consent for so long, a connection ends.
    pub look_patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let hour = Duration::from_secs(3600);
        Self {
            connections: 200,
            requests: 10_000,
            // The kubelet's own.
            idle: 4 * hour,
            absolute: 24 * hour,
            // It may have to get a token from Entra first.
            decision: Duration::from_secs(60),
            connect: Duration::from_secs(5),
            head: Duration::from_secs(60),
            look_every: Duration::from_secs(5),
            look_patience: Duration::from_secs(60),
        }
    }
}

impl Trust {
    /// Whether its authorities can be read.
    ///
    /// # Errors
    /// When they cannot.
    pub fn check(&self) -> Result<(), Unusable> {
        self.client_config().map(drop)
    }

    /// What TLS connections are made with. They speak HTTP/1.1, the only HTTP that upgrades.
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
        // Says which cryptography, since other parts of the program may bring another.
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Unusable::Authorities(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![HTTP1.to_vec()];
        Ok(Arc::new(config))
    }
}

/// How TLS is spoken by `tls`, and with a proxy by `proxy`: HTTP/2 is offered first (RFC 7301), and HTTP/1.1
/// alone where nothing else will do.
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
    /// The authorities that it should trust cannot be read.
    Authorities(String),
    /// Its token has a character that no header can have.
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
