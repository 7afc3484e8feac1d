//! Where a sign-in or a sign-out may lead: an address of ours or of an app, decided by parsing.

use url::Url;

use crate::request::BadRequest;
use crate::settings::{AppOrigins, ReturnOrigin};
use crate::terms::host::{is_plain, is_punycode};
use crate::terms::{Origin, ReturnPath};

/// The origins to which people may be led: our own, and those of `ALLOWED_RETURN_ORIGINS`.
#[derive(Clone, Copy, Debug)]
pub struct ReturnOrigins<'a> {
    own: &'a Origin,
    apps: &'a [ReturnOrigin],
}

impl<'a> ReturnOrigins<'a> {
    /// Our `own` origin, and those of the apps.
    pub fn new(own: &'a Origin, apps: &'a AppOrigins) -> Self {
        Self {
            own,
            apps: &apps.return_origins,
        }
    }

    /// Reads a return address (`rd`): an absolute address, or a path on `base`, the origin where the
    /// browser is. It is asked at the start, and again at the end, of what came back with the browser
    /// (CVE-2017-1000070).
    ///
    /// The result is written as a WHATWG URL parser writes it. Its path is a [`ReturnPath`]: it has no
    /// fragment, and gives up its query if it is longer than 1 kB.
    ///
    /// # Errors
    /// When it leads elsewhere, or a WHATWG URL parser and a person could read it in two ways: with a
    /// control character or white space, a user name, or a host of other signs than letters and digits.
    pub fn admit(&self, text: &str, base: &Origin) -> Result<ReturnAddress, NotAReturnAddress> {
        let url = match text.starts_with('/') {
            true => self.parse(&base.join(return_path(text)?.as_str()))?,
            false => self.parse(text)?,
        };
        let origin = Origin::of(&url).ok_or(NotAReturnAddress)?;
        let is_apps = || {
            let admits = self.apps.iter().any(|app| app.admits(&url));
            admits && !origin.shares_cookies_with(self.own)
        };
        if origin != *self.own && !is_apps() {
            return Err(NotAReturnAddress);
        }
        let path = match url.query() {
            Some(query) => return_path(&[url.path(), "?", query].concat())?,
            None => return_path(url.path())?,
        };
        Ok(ReturnAddress {
            length: origin.as_str().len(),
            address: origin.join(path.as_str()),
        })
    }
}

impl ReturnOrigins<'_> {
    /// Parses an absolute address at a host that a peer names. Nothing else parses one: a host is parsed only if
    /// it has one reading, and punycode only if one of the origins has it.
    ///
    /// # Errors
    /// As [`ReturnOrigins::admit`], but whether the address is allowed is not asked.
    pub fn parse(&self, text: &str) -> Result<Url, NotAReturnAddress> {
        let is_odd = |c: char| c.is_control() || c.is_whitespace();
        let host = host(text).ok_or(NotAReturnAddress)?;
        if text.chars().any(is_odd) || (is_punycode(host) && !self.names(host)) {
            return Err(NotAReturnAddress);
        }
        Url::parse(text).map_err(|_| NotAReturnAddress)
    }

    /// Whether one of the origins has just this `host` and port.
    fn names(&self, host: &str) -> bool {
        let exact = self.apps.iter().filter_map(|app| match app {
            ReturnOrigin::Exact(origin) => Some(origin),
            ReturnOrigin::Below { .. } => None,
        });
        let mut hosts = exact.chain([self.own]).filter_map(|origin| {
            let (_, host) = origin.as_str().split_once("://")?;
            Some(host)
        });
        hosts.any(|named| named.eq_ignore_ascii_case(host))
    }
}

fn return_path(text: &str) -> Result<ReturnPath, NotAReturnAddress> {
    ReturnPath::parse(text).map_err(|_| NotAReturnAddress)
}

/// The host and port in `text`, if it says with two slashes that a host follows, and the host is plain. The parser
/// needs fewer slashes, and takes backslashes for them (GHSA-qqxw-m5fj-f7gv).
fn host(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_http = ["https", "http"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    (is_http && is_plain(host)).then_some(host)
}

/// An absolute address to which a browser may be sent. Only [`ReturnOrigins::admit`] makes one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReturnAddress {
    address: String,
    /// How much of it is the origin.
    length: usize,
}

impl ReturnAddress {
    /// The text for a `Location` header: ASCII without spaces.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// Its origin, as text: `https://app.example.com`.
    pub fn origin(&self) -> &str {
        self.address.get(..self.length).unwrap_or_default()
    }

    /// Its path and query.
    pub fn path(&self) -> &str {
        self.address.get(self.length..).unwrap_or_default()
    }
}

/// The text is no address to which a browser may be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotAReturnAddress;

impl From<NotAReturnAddress> for BadRequest {
    fn from(_: NotAReturnAddress) -> Self {
        Self::Parameter(
            "rd",
            "must be a path on this host, or an address at one of ALLOWED_RETURN_ORIGINS",
        )
    }
}
