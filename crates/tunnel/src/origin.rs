//! The origin of a server: scheme, host and port (RFC 6454).

use std::str::FromStr;
use std::{error, fmt};

use egress::Target;
use http::Method;
use traces::{Call, path_class};
use url::{Host, Url};

/// An `http` or `https` origin. Two spellings of the same one are equal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin {
    pub(crate) secure: bool,
    pub(crate) host: Host,
    pub(crate) port: u16,
}

impl Origin {
    /// The value of a `Host` header, without the scheme's default port.
    pub(crate) fn authority(&self) -> String {
        let usual = if self.secure { 443 } else { 80 };
        match self.port {
            port if port == usual => self.host.to_string(),
            port => format!("{}:{port}", self.host),
        }
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> String {
        self.host.to_string()
    }

    /// The origin as a target for the egress.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::new(self.secure, &self.host.to_string(), self.port)
    }

    /// The description of a call of `path`, for traces.
    pub(crate) fn call<'a>(&self, method: &'a Method, path: &str) -> Call<'a> {
        Call {
            method,
            secure: self.secure,
            host: self.host.to_string().into(),
            port: self.port,
            class: path_class(path),
        }
    }

    fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        // No host name needs either character, and `idna_adapter` asserts that its caller has lowered the
        // case (found by fuzzing).
        if !text.is_ascii() || text.contains('%') {
            return Err(NotAnOrigin(()));
        }
        let url = Url::parse(text).map_err(|_| NotAnOrigin(()))?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(NotAnOrigin(())),
        };
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        match (url.host(), url.port_or_known_default()) {
            (Some(host), Some(port)) if bare => Ok(Self {
                secure,
                host: host.to_owned(),
                port,
            }),
            _ => Err(NotAnOrigin(())),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.authority())
    }
}

/// The text is not an `http` or `https` origin, or has more than an origin.
#[derive(Debug)]
pub struct NotAnOrigin(());

impl fmt::Display for NotAnOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is no http or https origin, or more than that")
    }
}

impl error::Error for NotAnOrigin {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::Origin;

    fn origin(text: &str) -> Option<Origin> {
        text.parse().ok()
    }

    #[test]
    fn spellings_of_one_origin_are_equal() {
        let spellings = [
            "https://api.example",
            "https://api.example/",
            "https://API.example:443",
        ];
        for spelling in spellings {
            assert_eq!(
                origin(spelling),
                origin("https://api.example"),
                "{spelling}"
            );
            assert_eq!(origin(spelling).unwrap().to_string(), "https://api.example");
        }
    }

    #[test]
    fn scheme_host_and_port_tell_origins_apart() {
        for other in [
            "http://api.example",
            "https://api.example:6443",
            "https://api.example.evil.example",
            "https://10.0.0.1",
        ] {
            assert_ne!(origin(other), origin("https://api.example"), "{other}");
        }
    }

    #[test]
    fn more_or_less_than_an_origin_is_none() {
        for text in [
            "",
            "api.example",
            "ftp://api.example",
            "https://",
            "https://user@api.example",
            "https://:password@api.example",
            "https://api.example/path",
            "https://api.example?query",
            "https://api.example#fragment",
            "https://api%2Eexample",
            "https://API%CC86",
        ] {
            assert_eq!(origin(text), None, "{text}");
        }
    }

    #[test]
    fn an_authority_has_only_an_unusual_port() {
        for (text, authority) in [
            ("https://api.example:443", "api.example"),
            ("http://api.example:80", "api.example"),
            ("https://api.example:6443", "api.example:6443"),
            ("http://[::1]:8080", "[::1]:8080"),
        ] {
            assert_eq!(origin(text).unwrap().authority(), authority);
        }
    }
}
