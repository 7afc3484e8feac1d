//! A certificate and its key, as the files have them now.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use crate::error::Error;

/// Where a listener's identity is.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate chain in PEM, the listener's own first.
    pub certificates: PathBuf,
    /// Its private key in PEM.
    pub key: PathBuf,
}

/// When a file was changed, and how long it is.
type Seen = (SystemTime, u64);

/// Looks at the files at each handshake, which costs two system calls, and reads them when they have
/// changed.
#[derive(Debug)]
pub(crate) struct Identity {
    files: Files,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    key: Arc<CertifiedKey>,
    seen: [Seen; 2],
}

impl Identity {
    pub(crate) fn load(files: Files) -> Result<Self, Error> {
        let current = Current {
            seen: look(&files)?,
            key: read(&files)?,
        };
        Ok(Self {
            files,
            current: Mutex::new(current),
        })
    }

    /// The identity of the files as they are, or the last good one: certificate and key change one
    /// after the other, and for a moment do not fit.
    fn key(&self) -> Arc<CertifiedKey> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(seen) = look(&self.files)
            && seen != current.seen
            && let Ok(key) = read(&self.files)
        {
            *current = Current { key, seen };
        }
        current.key.clone()
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.key())
    }
}

fn look(files: &Files) -> Result<[Seen; 2], Error> {
    let seen = |path: &Path| {
        let metadata = fs::metadata(path)?;
        Ok((metadata.modified()?, metadata.len()))
    };
    let look = |path: &Path| seen(path).map_err(|error| Error::Io(path.to_owned(), error));
    Ok([look(&files.certificates)?, look(&files.key)?])
}

fn read(files: &Files) -> Result<Arc<CertifiedKey>, Error> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(&files.certificates)
        .and_then(Iterator::collect)
        .map_err(|error| Error::Pem(files.certificates.clone(), error))?;
    if chain.is_empty() {
        let none = pem::Error::NoItemsFound;
        return Err(Error::Pem(files.certificates.clone(), none));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| Error::Pem(files.key.clone(), error))?;
    CertifiedKey::from_der(chain, key, &ring::default_provider())
        .map(Arc::new)
        .map_err(Error::Tls)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::fs;

    use rcgen::{CertificateParams, KeyPair};
    use tempfile::TempDir;

    use super::*;

    /// A certificate for `name` and its key, in PEM.
    fn made(name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    fn files(directory: &TempDir) -> Files {
        Files {
            certificates: directory.path().join("tls.crt"),
            key: directory.path().join("tls.key"),
        }
    }

    fn write(files: &Files, certificates: &str, key: &str) {
        fs::write(&files.certificates, certificates).unwrap();
        fs::write(&files.key, key).unwrap();
    }

    #[test]
    fn a_new_certificate_is_taken_and_a_wrong_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let files = files(&directory);
        let (first, key) = made("first.example");
        write(&files, &first, &key);
        let identity = Identity::load(files.clone()).unwrap();
        let shown = || identity.key().cert.clone();
        let before = shown();
        // In the order in which they are replaced: for a moment they are not each other's.
        let (second, new_key) = made("the-second-one.example");
        fs::write(&files.certificates, &second).unwrap();
        assert_eq!(shown(), before);
        fs::write(&files.key, &new_key).unwrap();
        let after = shown();
        assert_ne!(after, before);
        for wrong in ["", "no certificate", &key] {
            fs::write(&files.certificates, wrong).unwrap();
            assert_eq!(shown(), after, "{wrong}");
        }
        fs::remove_file(&files.key).unwrap();
        assert_eq!(shown(), after);
    }

    #[test]
    fn what_is_wrong_at_the_start_is_said() {
        let directory = tempfile::tempdir().unwrap();
        let files = files(&directory);
        let said = || Identity::load(files.clone()).unwrap_err().to_string();
        assert!(said().contains("cannot read"), "{}", said());
        let (certificate, key) = made("one.example");
        let (_, other) = made("other.example");
        write(&files, "nothing", &key);
        assert!(said().contains("tls.crt is no certificate"), "{}", said());
        write(&files, &certificate, "nothing");
        assert!(said().contains("tls.key is no certificate"), "{}", said());
        write(&files, &certificate, &other);
        assert!(said().contains("cannot be used"), "{}", said());
    }
}
