//! Web origins (RFC 6454): scheme, host and port.

use std::fmt;

use url::{Host, Position, Url};

/// A scheme, a host and, unless it is the scheme's default, a port. It has no trailing slash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin(String);

impl Origin {
    /// The origin of an `http` or `https` URL; nothing for others, such as `data:` and `file:`.
    pub fn of(url: &Url) -> Option<Self> {
        let host = &url[Position::BeforeHost..Position::AfterPort];
        matches!(url.scheme(), "http" | "https").then(|| Self(format!("{}://{host}", url.scheme())))
    }

    /// As text: `https://login.microsoftonline.com`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, with the port if it is not the usual one of the scheme.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, host)| host)
    }

    /// The host without a port.
    pub fn host_name(&self) -> &str {
        let host = self.host();
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        }
    }

    /// Whether browsers send the cookies of one to the other: they look at the host alone, and at no port or
    /// scheme (RFC 6265, section 8.5).
    pub fn shares_cookies_with(&self, other: &Self) -> bool {
        self.host_name() == other.host_name()
    }

    /// An address below this origin; `path` begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `url` names this machine: a loopback address, `localhost` or a name under it (RFC 6761,
/// section 6.3). Plain http is allowed only there.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
