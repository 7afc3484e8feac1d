//! The request that a proxy asks about: what the proxy says of it, and whether it is believed.
//!
//! Each proxy has its own headers for method, host, path and scheme. Which one is in front is a setting
//! (`FORWARD_AUTH_PROFILE`): whoever guessed would believe a client's header where the proxy sets another.

use http::Method;

use super::undescribed::Undescribed;
use crate::request::{Request, is_by_proxy};
use crate::settings::{ForwardAuth, ForwardAuthProfile};
use crate::terms::host::is_plain;

/// Where the check is. Envoy appends the path and query of the request that it asks about.
pub(super) const CHECK: &str = "/oauth2/auth";
const ORIGINAL_URL: &str = "x-original-url";
const ORIGINAL_METHOD: &str = "x-original-method";
const FORWARDED_METHOD: &str = "x-forwarded-method";
const FORWARDED_PROTO: &str = "x-forwarded-proto";
const FORWARDED_HOST: &str = "x-forwarded-host";
const FORWARDED_URI: &str = "x-forwarded-uri";

/// How a proxy describes a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Description {
    /// `X-Original-Method`, and everything else in `X-Original-URL`.
    Original,
    /// One header for each: `X-Forwarded-Method`, `-Proto`, `-Host`, `-Uri`.
    Forwarded,
    /// The check is a copy of the request: its method, its host, and its path after that of the check. The
    /// scheme is in `X-Forwarded-Proto`.
    Copy,
}

impl Description {
    fn of(profile: ForwardAuthProfile) -> Self {
        match profile {
            ForwardAuthProfile::Nginx => Self::Original,
            ForwardAuthProfile::Traefik
            | ForwardAuthProfile::Caddy
            | ForwardAuthProfile::HaProxy => Self::Forwarded,
            ForwardAuthProfile::Envoy => Self::Copy,
        }
    }
}

/// The request that a proxy asks about. Nothing of it is checked before it is asked for: what one proxy
/// leaves out is often not needed.
pub struct Described<'a> {
    request: &'a Request,
    description: Result<Description, Undescribed>,
}

impl<'a> Described<'a> {
    /// What `request`, a check, says of the request that it is about. It is believed if one of
    /// `TRUSTED_PROXIES` has sent it, and nobody is by default (CVE-2026-76835).
    pub fn by(request: &'a Request, settings: &ForwardAuth) -> Self {
        let description = match settings.profile {
            None => Err(Undescribed::NoProfile),
            Some(_) if !is_by_proxy(request, &settings.trusted_proxies) => {
                Err(Undescribed::NotTrusted)
            }
            Some(profile) => Ok(Description::of(profile)),
        };
        Self {
            request,
            description,
        }
    }

    /// The method.
    ///
    /// # Errors
    /// When nobody who is believed says it, or says it twice, or it is none.
    pub fn method(&self) -> Result<Method, Undescribed> {
        let header = match self.description? {
            Description::Original => ORIGINAL_METHOD,
            Description::Forwarded => FORWARDED_METHOD,
            Description::Copy => return Ok(self.request.method.clone()),
        };
        let method = self.header(header)?.parse();
        method.map_err(|_| Undescribed::Malformed(header))
    }

    /// The scheme: `https` or `http`. That of a WebSocket is the one of the page that opens it.
    ///
    /// # Errors
    /// As [`Described::method`].
    pub fn scheme(&self) -> Result<&'static str, Undescribed> {
        let (text, header) = match self.description? {
            Description::Original => (self.original_url()?.scheme, ORIGINAL_URL),
            Description::Forwarded | Description::Copy => {
                (self.header(FORWARDED_PROTO)?, FORWARDED_PROTO)
            }
        };
        match text.to_ascii_lowercase().as_str() {
            "https" | "wss" => Ok("https"),
            "http" | "ws" => Ok("http"),
            _ => Err(Undescribed::Malformed(header)),
        }
    }

    /// The path and query, as bytes of a URL, as they came.
    ///
    /// # Errors
    /// As [`Described::method`].
    pub fn uri(&self) -> Result<&'a str, Undescribed> {
        let (uri, header) = match self.description? {
            Description::Original => (self.original_url()?.uri, ORIGINAL_URL),
            Description::Forwarded => (self.header(FORWARDED_URI)?, FORWARDED_URI),
            Description::Copy => {
                let appended = self.request.target.strip_prefix(CHECK);
                (appended.unwrap_or_default(), "path")
            }
        };
        // With a fragment, and so with `#`, a path would be another one for whoever cuts it off.
        let is_plain = uri
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#');
        match uri.starts_with('/') && is_plain {
            true => Ok(uri),
            false => Err(Undescribed::Malformed(header)),
        }
    }

    /// The origin: scheme, host and perhaps a port. It is not parsed yet, and not yet allowed
    /// ([`super::ReturnOrigins`]).
    ///
    /// # Errors
    /// As [`Described::method`].
    pub fn origin(&self) -> Result<String, Undescribed> {
        let (host, header) = match self.description? {
            Description::Original => (self.original_url()?.host, ORIGINAL_URL),
            Description::Forwarded => (self.header(FORWARDED_HOST)?, FORWARDED_HOST),
            Description::Copy => (self.request.authority.as_str(), "host"),
        };
        let scheme = self.scheme()?;
        match is_plain(host) {
            true => Ok(format!("{scheme}://{host}")),
            false => Err(Undescribed::Malformed(header)),
        }
    }

    fn original_url(&self) -> Result<OriginalUrl<'a>, Undescribed> {
        let text = self.header(ORIGINAL_URL)?;
        OriginalUrl::split(text).ok_or(Undescribed::Malformed(ORIGINAL_URL))
    }

    /// The one value of a header.
    fn header(&self, name: &'static str) -> Result<&'a str, Undescribed> {
        let mut values = self.request.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Err(Undescribed::Missing(name)),
            (Some(_), Some(_)) => Err(Undescribed::Repeated(name)),
            (Some(value), None) => match value.to_str() {
                Ok("") => Err(Undescribed::Missing(name)),
                Ok(text) => Ok(text),
                Err(_) => Err(Undescribed::Malformed(name)),
            },
        }
    }
}

/// `X-Original-URL`, as nginx puts it together: `$scheme://$http_host$request_uri`. It is split and not
/// parsed: a parser would write the path in another way.
struct OriginalUrl<'a> {
    scheme: &'a str,
    host: &'a str,
    uri: &'a str,
}

impl<'a> OriginalUrl<'a> {
    fn split(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (host, uri) = rest.split_at_checked(rest.find('/')?)?;
        Some(Self { scheme, host, uri })
    }
}
