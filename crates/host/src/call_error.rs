//! Why an outgoing call failed, as an operator needs to know it.

use std::{error, fmt, io};

use tokio_rustls::rustls::{self, CertificateError};
use wasmtime_wasi_http::Error;

/// Why a call failed.
#[derive(Debug)]
pub enum CallError {
    /// There is no connection: the name is unknown, nobody listens, or there is no route.
    Connect(String),
    /// The peer's certificate is from an untrusted authority.
    UnknownAuthority,
    /// The certificate is for other names.
    OtherName,
    /// The certificate has expired, or is not valid yet.
    OutOfTime,
    /// Another TLS error.
    Tls(String),
    /// The peer did not answer in time.
    Silent,
    /// The peer sent something that is no HTTP answer.
    Answer(String),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        match error {
            Error::Connect(error) | Error::Tls(error) => error.into(),
            Error::ConnectionTimeout | Error::ConnectionReadTimeout => Self::Silent,
            Error::InvalidDnsNameError(error) => Self::Connect(error.to_string()),
            other => Self::Answer(other.to_string()),
        }
    }
}

/// Errors of connecting, TLS included.
impl From<io::Error> for CallError {
    fn from(error: io::Error) -> Self {
        let inner = error.get_ref();
        match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(fault)) => Self::of_certificate(fault),
            Some(other) => Self::Tls(other.to_string()),
            None if error.kind() == io::ErrorKind::TimedOut => Self::Silent,
            None => Self::Connect(error.to_string()),
        }
    }
}

impl CallError {
    fn of_certificate(fault: &CertificateError) -> Self {
        use CertificateError as Fault;
        match fault {
            // A bad signature comes from an authority with the name of a trusted one and another key, such as
            // a cluster's renewed authority.
            Fault::UnknownIssuer | Fault::BadSignature => Self::UnknownAuthority,
            Fault::NotValidForName | Fault::NotValidForNameContext { .. } => Self::OtherName,
            Fault::Expired
            | Fault::ExpiredContext { .. }
            | Fault::NotValidYet
            | Fault::NotValidYetContext { .. } => Self::OutOfTime,
            other => Self::Tls(other.to_string()),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(why) => write!(f, "no connection: {why}"),
            Self::UnknownAuthority => {
                f.write_str("its certificate is of an authority that is not trusted")
            }
            Self::OtherName => f.write_str("its certificate is for another name"),
            Self::OutOfTime => f.write_str("its certificate has ended, or is not valid yet"),
            Self::Tls(why) => write!(f, "no TLS: {why}"),
            Self::Silent => f.write_str("it did not answer in time"),
            Self::Answer(why) => write!(f, "its answer cannot be read: {why}"),
        }
    }
}

impl error::Error for CallError {}
