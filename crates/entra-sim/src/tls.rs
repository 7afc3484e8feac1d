//! A CA of this run, and a certificate of it for localhost and one more host.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The CA's certificate, in PEM.
pub(crate) const CA_FILE: &str = "ca.pem";

/// What the https listener shows.
pub(crate) struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

impl Certificate {
    /// Makes both certificates, the second also for `host`; the CA's is written to `directory`, its key
    /// nowhere.
    pub(crate) fn make(directory: &Path, host: &str) -> anyhow::Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "entra-sim CA");
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        fs::write(directory.join(CA_FILE), ca.pem())?;

        let names = ["localhost", "127.0.0.1", "::1", host].map(str::to_owned);
        let mut params = CertificateParams::new(names)?;
        params
            .distinguished_name
            .push(DnType::CommonName, "localhost");
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &ca)?;
        Ok(Self {
            chain: vec![certificate.der().clone()],
            key: key.serialize_der(),
        })
    }

    pub(crate) fn acceptor(self) -> anyhow::Result<TlsAcceptor> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(self.chain, key)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
