//! Values of the settings for apps.

use url::{Host, Url};

use super::parse::{list, origin};
use crate::terms::{Origin, is_loopback};

/// The proxy that asks about requests. It says which headers describe them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ForwardAuthProfile {
    /// nginx with `auth_request`, and ingress-nginx.
    Nginx,
    /// Traefik with `ForwardAuth`.
    Traefik,
    /// Caddy with `forward_auth`.
    Caddy,
    /// Envoy with `ext_authz`, and so Envoy Gateway and Istio.
    Envoy,
    /// HAProxy with `haproxy-auth-request`.
    HaProxy,
}

pub(in crate::settings) fn profile(text: &str) -> Result<ForwardAuthProfile, String> {
    match text {
        "nginx" => Ok(ForwardAuthProfile::Nginx),
        "traefik" => Ok(ForwardAuthProfile::Traefik),
        "caddy" => Ok(ForwardAuthProfile::Caddy),
        "envoy" => Ok(ForwardAuthProfile::Envoy),
        "haproxy" => Ok(ForwardAuthProfile::HaProxy),
        _ => Err("is none of `nginx`, `traefik`, `caddy`, `envoy`, `haproxy`".to_owned()),
    }
}

/// An entry of `ALLOWED_RETURN_ORIGINS`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ReturnOrigin {
    /// This origin.
    Exact(Origin),
    /// All hosts below a domain, at this port or at the scheme's own. The scheme is https, or http on this
    /// machine.
    Below {
        /// The domain, in lower case. It is not one of them itself.
        domain: String,
        /// The port, if it is not the usual one of the scheme.
        port: Option<u16>,
    },
}

impl ReturnOrigin {
    /// Whether `url` is at such an origin.
    pub fn admits(&self, url: &Url) -> bool {
        match self {
            Self::Exact(origin) => Origin::of(url).as_ref() == Some(origin),
            Self::Below { domain, port } => {
                let Some(Host::Domain(host)) = url.host() else {
                    return false;
                };
                let is_secure = match url.scheme() {
                    "https" => true,
                    "http" => is_loopback(url),
                    _ => false,
                };
                is_secure && url.port() == *port && is_below(host, domain)
            }
        }
    }
}

pub(in crate::settings) fn return_origins(text: &str) -> Result<Vec<ReturnOrigin>, String> {
    list(text, return_origin)
}

fn return_origin(entry: &str) -> Result<ReturnOrigin, String> {
    if !entry.is_ascii() {
        return Err(format!("has `{entry}`; write the host in its form `xn--…`"));
    }
    let Some(rest) = entry.strip_prefix("*.") else {
        let origin = origin(entry).map_err(|what| format!("has `{entry}`, which {what}"))?;
        return match origin.as_str().contains('*') {
            true => Err(format!(
                "has `{entry}`; write `*.example.com`, without https"
            )),
            false => Ok(ReturnOrigin::Exact(origin)),
        };
    };
    let wrong = |what: &str| format!("has `{entry}`, {what}");
    let url = Url::parse(&format!("https://{rest}"));
    let url = url.map_err(|_| wrong("which has no name of a domain"))?;
    let written = Origin::of(&url).is_some_and(|origin| origin.host() == rest);
    let Some(Host::Domain(domain)) = url.host().filter(|_| written) else {
        return Err(wrong(
            "which is more than the name of a domain, or upper case",
        ));
    };
    if !is_domain(domain) {
        return Err(wrong("which has no name of a domain"));
    }
    if !domain.contains('.') && domain != "localhost" {
        return Err(wrong("to which anybody could add a host"));
    }
    Ok(ReturnOrigin::Below {
        domain: domain.to_owned(),
        port: url.port(),
    })
}

/// An entry of `COOKIE_DOMAINS`: a domain whose hosts share the app cookie.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CookieDomain(String);

impl CookieDomain {
    /// As in the attribute `Domain` of a cookie: in lower case, without a leading dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a browser sends a cookie of this domain to `host`, which has no port (RFC 6265,
    /// section 5.1.3).
    pub fn covers(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        host == self.0 || is_below(&host, &self.0)
    }
}

pub(in crate::settings) fn cookie_domains(text: &str) -> Result<Vec<CookieDomain>, String> {
    list(text, cookie_domain)
}

fn cookie_domain(entry: &str) -> Result<CookieDomain, String> {
    let wrong = |what: &str| format!("has `{entry}`, {what}");
    let domain = entry.strip_prefix('.').unwrap_or(entry);
    let domain = domain.to_ascii_lowercase();
    if !is_domain(&domain) {
        return Err(wrong("which is no domain"));
    }
    let host = Host::parse(&domain).map_err(|_| wrong("which is no domain"))?;
    let Host::Domain(_) = host else {
        return Err(wrong("an address, which has no domain"));
    };
    if !domain.contains('.') {
        return Err(wrong("for which browsers take no cookies"));
    }
    Ok(CookieDomain(domain))
}

/// Whether these are labels of a host name, in lower case (RFC 1123, section 2.1; `_` occurs).
fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        let fits =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        !label.is_empty() && label.len() <= 63 && label.bytes().all(fits)
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether `host` has at least one label more than `domain` (GHSA-4mf2-f3wh-gvf2).
fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .and_then(|labels| labels.strip_suffix('.'))
        .is_some_and(|labels| labels.split('.').all(|label| !label.is_empty()))
}

#[cfg(test)]
mod tests;
