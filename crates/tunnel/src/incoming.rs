//! Heads of requests, as clients of any HTTP version send them.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::Authority;
use http::{Method, Version};

use crate::failure::Failure;
use crate::kind::Kind;
use crate::refusal;

/// Turns the head of a plain request into the one that the component is asked about.
///
/// # Errors
/// When the head is ambiguous, or when the client could take a truncated answer for a whole one. Readers of
/// pages lose little by a truncated page.
pub(crate) fn prepare(kind: Kind, request: &mut Parts) -> Result<(), Failure> {
    in_origin_form(request).map_err(Failure::bad_request)?;
    if request.version < Version::HTTP_11 && kind == Kind::Kubernetes {
        return Err(Failure::http_1_0());
    }
    refusal::check_target(request).map_err(Failure::bad_request)?;
    let headers = &mut request.headers;
    refusal::check_host(headers).map_err(Failure::bad_request)?;
    refusal::check_connection(headers).map_err(Failure::bad_request)?;
    if headers.contains_key(header::TRANSFER_ENCODING) {
        // `Transfer-Encoding` overrides it (RFC 9112, section 6.3).
        headers.remove(header::CONTENT_LENGTH);
    }
    verdict::remove_hop_by_hop(headers);
    let is_text = |value: &HeaderValue| std::str::from_utf8(value.as_bytes()).is_ok();
    if !headers.values().all(is_text) {
        let why = "the path or a header of the request is not text";
        return Err(Failure::bad_request(why));
    }
    Ok(())
}

/// Moves the host from the target to `Host`: HTTP/2 (RFC 9113, section 8.3.1) and the absolute form of
/// HTTP/1.1 (RFC 9112, section 3.2.2) have it in the target. Joins a cookie header that HTTP/2 may have split
/// (RFC 9113, section 8.2.3).
pub(crate) fn in_origin_form(request: &mut Parts) -> Result<(), &'static str> {
    if request.method == Method::CONNECT {
        return Err("the target of the request is no path");
    }
    if let Some(authority) = request.uri.authority().cloned() {
        let target = request.uri.path_and_query().cloned();
        request.uri = target.map(Into::into).unwrap_or_default();
        let mut hosts = request.headers.get_all(header::HOST).iter();
        let same = |host: &HeaderValue| {
            Authority::try_from(host.as_bytes()).is_ok_and(|host| host == authority)
        };
        if !hosts.all(same) {
            return Err("the request has two hosts");
        }
        let host = HeaderValue::from_str(authority.as_str());
        let host = host.map_err(|_| "the host is not valid")?;
        request.headers.insert(header::HOST, host);
    }
    join(&mut request.headers, &header::COOKIE, b"; ");
    Ok(())
}

/// Joins all headers called `name` into one.
pub(crate) fn join(headers: &mut HeaderMap, name: &HeaderName, separator: &[u8]) {
    let values: Vec<&[u8]> = headers
        .get_all(name)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if values.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&values.join(separator))
    {
        headers.insert(name, joined);
    }
}
