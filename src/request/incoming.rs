//! A request, as it came to a function.

use cookie::Cookie;
use http::{HeaderMap, HeaderValue, Method, header};

use super::bad::BadRequest;
use super::parameters::Parameters;
use crate::terms::{Browser, Origin, ReturnPath};

/// The head of what came from the client. No header is believed.
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query, byte for byte.
    pub target: String,
    /// The host that was asked, with the port if there is one. Nothing absolute is made of it.
    pub authority: String,
    /// All headers, duplicates included.
    pub headers: HeaderMap,
}

/// Who led a browser to an address, through whatever redirects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LedBy {
    /// The user, who typed it or has a bookmark; or a client that is no browser of today.
    User,
    /// A page of this origin.
    OwnPage,
    /// A page of another origin, or something on the way that is one.
    AnotherSite,
}

impl Request {
    /// The path, as it came.
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&self.target, |(path, _)| path)
    }

    /// The query's parameters, decoded.
    pub fn query(&self) -> Parameters {
        Parameters::parse(
            self.target
                .split_once('?')
                .map_or("", |(_, query)| query)
                .as_bytes(),
        )
    }

    /// Where this request leads back to, when it has to go elsewhere first.
    pub fn return_path(&self) -> ReturnPath {
        ReturnPath::parse(&self.target).unwrap_or_else(|_| ReturnPath::whoami())
    }

    /// Whether the client wants pages: `Accept` names `text/html`.
    pub fn wants_html(&self) -> bool {
        self.header_values("accept").any(|value| {
            value
                .split(',')
                .any(|range| range.split(';').next().unwrap_or("").trim() == "text/html")
        })
    }

    /// That no other site's page sent the request. Either its one `Origin` is `origin`, or it
    /// has neither `Origin` nor `Sec-Fetch-Site`, as with curl (Fetch, section 3.1; Fetch
    /// Metadata, section 2.3).
    ///
    /// # Errors
    /// When another site's page may have sent it.
    pub fn must_be_from(&self, origin: &Origin) -> Result<(), BadRequest> {
        let mut origins = self.headers.get_all(header::ORIGIN).iter();
        let is_from = match (origins.next(), origins.next()) {
            (None, _) => !self.headers.contains_key("sec-fetch-site"),
            (Some(only), None) => only.as_bytes() == origin.as_str().as_bytes(),
            (Some(_), Some(_)) => false,
        };
        is_from.then_some(()).ok_or(BadRequest::ForeignOrigin)
    }

    /// Who led the browser here. Only `Sec-Fetch-Site` says so for a navigation, which has no
    /// `Origin`; no page can set it, and it counts every redirect on the way (Fetch Metadata,
    /// section 2.3).
    pub fn led_by(&self) -> LedBy {
        let mut sites = self.headers.get_all("sec-fetch-site").iter();
        match (sites.next().map(HeaderValue::as_bytes), sites.next()) {
            (None | Some(b"none"), None) => LedBy::User,
            (Some(b"same-origin"), None) => LedBy::OwnPage,
            _ => LedBy::AnotherSite,
        }
    }

    /// The value of the cookie `name`; nothing if it has different values.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let mut values = self.cookies_named(name);
        let first = values.next()?;
        values.all(|value| value == first).then_some(first)
    }

    /// Every value of the cookie `name`.
    pub fn cookies_named(&self, name: &str) -> impl Iterator<Item = String> {
        self.cookies()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value)
    }

    /// Every cookie whose name begins with `prefix`.
    pub fn cookies_with_prefix(&self, prefix: &str) -> impl Iterator<Item = (String, String)> {
        self.cookies()
            .filter(move |(name, _)| name.starts_with(prefix))
    }

    /// The values of a header that are text.
    pub fn header_values(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// What it came from.
    pub fn browser(&self) -> Browser {
        let mut values = self.header_values("user-agent");
        Browser::of(values.next().unwrap_or_default())
    }

    /// Parses pair by pair: another application's cookie that is not ASCII must not hide ours. Such
    /// a pair is dropped. Trimmed as text, its name could look like one with a prefix.
    fn cookies(&self) -> impl Iterator<Item = (String, String)> {
        self.headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
            .filter(|pair| pair.is_ascii())
            .filter_map(|pair| Cookie::parse(str::from_utf8(pair).ok()?).ok())
            .map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned()))
    }
}
