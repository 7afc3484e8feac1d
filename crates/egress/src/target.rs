//! Where a call goes.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// Scheme, host and port. Two spellings of the same one are equal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    pub(crate) secure: bool,
    /// In lower case, without the brackets of an IPv6 address and the dot of the DNS root.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Target {
    /// `host` as it stands in a URL; `secure` says whether TLS is spoken there.
    pub fn new(secure: bool, host: &str, port: u16) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let bare = bare.strip_suffix('.').unwrap_or(bare);
        Self {
            secure,
            host: bare.to_ascii_lowercase(),
            port,
        }
    }

    /// Where `url` leads; nothing if it is no `http` or `https` URL.
    pub fn of(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        Some(Self::new(
            secure,
            url.host_str()?,
            url.port_or_known_default()?,
        ))
    }

    /// Whether TLS is spoken there.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The address, if the host is one and no name. An IPv4 address within IPv6 is the IPv4 address.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        let address: IpAddr = self.host.parse().ok()?;
        Some(address.to_canonical())
    }

    /// Whether it is this machine: a loopback address, `localhost` or a name under it (RFC 6761,
    /// section 6.3).
    pub(crate) fn is_loopback(&self) -> bool {
        match self.address() {
            Some(address) => address.is_loopback(),
            None => self.host == "localhost" || self.host.ends_with(".localhost"),
        }
    }
}

/// As CONNECT names it (RFC 9112, section 3.2.3).
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.parse() {
            Ok(address) => write!(f, "{}:{}", Host::<&str>::Ipv6(address), self.port),
            Err(_) => write!(f, "{}:{}", self.host, self.port),
        }
    }
}
