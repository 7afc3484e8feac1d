//! Why a proxy does not lead anywhere.

use std::{error, fmt, io};

use http::StatusCode;

use crate::proxy::Proxy;

/// Why there is no connection by way of a proxy. As text it names the proxy, and no password.
#[derive(Debug)]
pub struct Failure {
    proxy: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Unreachable(io::Error),
    Tls(io::Error),
    Refused(StatusCode),
    Nonsense(hyper::Error),
    Silent,
}

impl Failure {
    /// `proxy` has answered with `status`, and leads nowhere.
    pub fn refused(proxy: &Proxy, status: StatusCode) -> Self {
        Self::of(proxy, What::Refused(status))
    }

    /// Within the caller's time there was no connection by way of `proxy`.
    pub fn silent(proxy: &Proxy) -> Self {
        Self::of(proxy, What::Silent)
    }

    pub(crate) fn unreachable(proxy: &Proxy, error: io::Error) -> Self {
        Self::of(proxy, What::Unreachable(error))
    }

    pub(crate) fn tls(proxy: &Proxy, error: io::Error) -> Self {
        Self::of(proxy, What::Tls(error))
    }

    pub(crate) fn nonsense(proxy: &Proxy, error: hyper::Error) -> Self {
        Self::of(proxy, What::Nonsense(error))
    }

    fn of(proxy: &Proxy, what: What) -> Self {
        Self {
            proxy: proxy.to_string(),
            what,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} ", self.proxy)?;
        match &self.what {
            What::Unreachable(error) => write!(f, "cannot be reached: {error}"),
            What::Tls(error) => write!(f, "cannot be spoken with over TLS: {error}"),
            What::Refused(StatusCode::PROXY_AUTHENTICATION_REQUIRED) => f.write_str(
                "answered 407: it wants a user and a password, or others, in HTTPS_PROXY and HTTP_PROXY",
            ),
            What::Refused(status) => write!(f, "refused: it answered {status}"),
            What::Nonsense(error) => write!(f, "does not answer as a proxy does: {error}"),
            What::Silent => f.write_str("has made no connection in time"),
        }
    }
}

impl error::Error for Failure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.what {
            What::Unreachable(error) | What::Tls(error) => Some(error),
            What::Nonsense(error) => Some(error),
            What::Refused(_) | What::Silent => None,
        }
    }
}
