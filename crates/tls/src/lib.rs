//! TLS for listeners (RFC 8446): certificate and key from files, which are read again when they
//! change, as cert-manager and the kubelet change them.

mod identity;
mod listener;

use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, io};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem;

use self::identity::Identity;
pub use self::listener::TlsListener;

/// Where a listener's identity is.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate chain in PEM, the listener's own first.
    pub certificates: PathBuf,
    /// Its private key in PEM.
    pub key: PathBuf,
}

/// What accepts TLS connections with the identity in `files`. Of `protocols` a client may choose one
/// (RFC 7301), the first ones rather than the last; where there are none, nothing is said about them.
///
/// # Errors
/// When the files cannot be read now, or are no certificate and its key. Should they be so later, the
/// last good identity serves on.
pub fn acceptor(files: Files, protocols: &[&[u8]]) -> Result<TlsAcceptor, Error> {
    let identity = Identity::load(files)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::Tls)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(identity));
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A listener has no identity.
#[derive(Debug)]
pub enum Error {
    /// A file cannot be read.
    Io(PathBuf, io::Error),
    /// A file is not what it should be.
    Pem(PathBuf, pem::Error),
    /// Certificate and key are of no use, or not each other's.
    Tls(rustls::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "cannot read {}: {error}", path.display()),
            Self::Pem(path, error) => write!(
                f,
                "{} is no certificate or key in PEM: {error}",
                path.display()
            ),
            Self::Tls(error) => write!(f, "certificate and key cannot be used: {error}"),
        }
    }
}

impl std::error::Error for Error {}
