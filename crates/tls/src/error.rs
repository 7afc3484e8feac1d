//! Why a listener has no identity.

use std::path::PathBuf;
use std::{fmt, io};

use tokio_rustls::rustls;
use tokio_rustls::rustls::pki_types::pem;

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
