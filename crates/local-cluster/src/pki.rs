//! An authority of this run, and what it signs: certificates of programs, of an administrator, and the
//! keys of the service accounts.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};

/// The authority; its key is nowhere but in this process.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: PathBuf,
}

/// Two files in PEM.
pub(crate) struct Certificate {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Authority {
    /// Makes one, whose files are in `directory`.
    pub(crate) fn make(directory: &Path) -> Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "local-cluster CA");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let made = Self {
            issuer,
            directory: directory.to_owned(),
        };
        fs::write(made.file(), made.issuer.pem()).context("the CA cannot be written")?;
        Ok(made)
    }

    /// Its certificate.
    pub(crate) fn file(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// A certificate for whoever serves on this machine.
    pub(crate) fn server(&self, file: &str) -> Result<Certificate> {
        // The last two are the API server's among the services.
        let names = [
            "localhost",
            "127.0.0.1",
            "10.0.0.1",
            "kubernetes.default.svc",
        ]
        .map(str::to_owned);
        let mut params = CertificateParams::new(names)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params
            .distinguished_name
            .push(DnType::CommonName, "localhost");
        self.sign(file, params)
    }

    /// A certificate by which the API server knows `user`, who is in `group`.
    pub(crate) fn client(
        &self,
        file: &str,
        user: &str,
        group: Option<&str>,
    ) -> Result<Certificate> {
        let mut params = CertificateParams::default();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.distinguished_name.push(DnType::CommonName, user);
        if let Some(group) = group {
            let name = &mut params.distinguished_name;
            name.push(DnType::OrganizationName, group);
        }
        self.sign(file, params)
    }

    fn sign(&self, file: &str, mut params: CertificateParams) -> Result<Certificate> {
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let signed = params.signed_by(&key, &self.issuer)?;
        let made = Certificate {
            certificate: self.directory.join(format!("{file}.pem")),
            key: write_key(&self.directory, file, &key)?,
        };
        fs::write(&made.certificate, signed.pem())
            .with_context(|| format!("{} cannot be written", made.certificate.display()))?;
        Ok(made)
    }
}

/// The keys with which tokens of service accounts are signed and verified.
pub(crate) struct SigningKey {
    pub(crate) private: PathBuf,
    pub(crate) public: PathBuf,
}

impl SigningKey {
    /// The one in this file: whoever has the private key needs no public one.
    pub(crate) fn given(file: &Path) -> Self {
        Self {
            private: file.to_owned(),
            public: file.to_owned(),
        }
    }

    /// Makes a pair.
    pub(crate) fn make(directory: &Path) -> Result<Self> {
        let key = KeyPair::generate()?;
        let public = directory.join("service-account.pem");
        fs::write(&public, key.public_key_pem()).context("a public key cannot be written")?;
        Ok(Self {
            private: write_key(directory, "service-account", &key)?,
            public,
        })
    }
}

fn write_key(directory: &Path, name: &str, key: &KeyPair) -> Result<PathBuf> {
    let path = directory.join(format!("{name}-key.pem"));
    write_private(&path, key.serialize_pem().as_bytes())?;
    Ok(path)
}

/// Writes what nobody else may read.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let file = options.open(path);
    file.and_then(|mut file| file.write_all(content))
        .with_context(|| format!("{} cannot be written", path.display()))
}
