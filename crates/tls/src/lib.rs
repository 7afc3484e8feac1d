//! TLS for listeners (RFC 8446): certificate and key from files, which are read again when they
//! change, as cert-manager and the kubelet change them.

mod error;
mod identity;

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;

pub use self::error::Error;
pub use self::identity::Files;
use self::identity::Identity;

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
