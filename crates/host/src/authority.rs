//! The host of a request.

use http::request::Parts;
use http::{HeaderValue, Version, header};

/// HTTP/1.0 needs no `Host` (RFC 9112, section 3.2.2), and old probes send none.
pub(crate) fn assume_host(parts: &mut Parts) {
    let has_none = parts.uri.authority().is_none() && !parts.headers.contains_key(header::HOST);
    if parts.version < Version::HTTP_11 && has_none {
        let host = HeaderValue::from_static("localhost");
        parts.headers.insert(header::HOST, host);
    }
}

/// Whether there is one authority, in the target or in `Host`. Two that differ are ambiguous.
pub(crate) fn has_authority(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return false;
    }
    let valid = |host: &HeaderValue| {
        host.to_str()
            .ok()
            .and_then(|host| host.parse::<http::uri::Authority>().ok())
    };
    match (parts.uri.authority(), host) {
        (Some(authority), Some(host)) => valid(host).as_ref() == Some(authority),
        (Some(_), None) => true,
        (None, host) => host.and_then(valid).is_some(),
    }
}
