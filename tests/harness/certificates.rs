//! A test's certificate authority, and its certificate for this machine.

use std::fs;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

/// PEM files, removed when this is dropped.
pub struct Certificates(TempDir);

impl Certificates {
    /// Makes both certificates; the authority's key is not kept.
    pub fn make() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "the authority of a test");
        let key = KeyPair::generate().unwrap();
        let ca = CertifiedIssuer::self_signed(params, key).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let params = CertificateParams::new(names).unwrap();
        let certificate = params.signed_by(&key, &ca).unwrap();
        let made = Self(tempfile::tempdir().unwrap());
        fs::write(made.authority(), ca.pem()).unwrap();
        fs::write(made.certificate(), certificate.pem()).unwrap();
        fs::write(made.key(), key.serialize_pem()).unwrap();
        made
    }

    /// The authority's certificate.
    pub fn authority(&self) -> PathBuf {
        self.0.path().join("ca.pem")
    }

    /// The certificate for `localhost` and 127.0.0.1.
    pub fn certificate(&self) -> PathBuf {
        self.0.path().join("cert.pem")
    }

    /// Its key.
    pub fn key(&self) -> PathBuf {
        self.0.path().join("key.pem")
    }
}
