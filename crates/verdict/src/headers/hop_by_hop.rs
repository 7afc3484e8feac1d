//! Hop-by-hop headers (RFC 9110, section 7.6.1).

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::end_to_end::is_end_to_end;

/// Hop-by-hop, whether `Connection` names them or not.
pub(super) const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("http2-settings"),
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Removes hop-by-hop headers, and those that `Connection` names. End-to-end headers stay: a client may not
/// remove them. `te: trailers` stays, since trailers are passed on.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let trailers = lists(headers, &header::TE, "trailers");
    let named: Vec<HeaderName> = tokens(headers, &header::CONNECTION)
        .filter_map(|token| token.parse().ok())
        .filter(|name| !is_end_to_end(name))
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
    if trailers {
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
    }
}

/// `Connection` names an end-to-end header, or is no list of names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MisusedConnection;

/// The headers that `Connection` of a request names.
///
/// # Errors
/// When it is no list, or names an end-to-end header: without that, the request would mean something else.
pub fn named_by_connection(headers: &HeaderMap) -> Result<Vec<HeaderName>, MisusedConnection> {
    let mut named = Vec::new();
    for value in headers.get_all(header::CONNECTION) {
        let list = value.to_str().map_err(|_| MisusedConnection)?;
        for name in list.split(',').map(|name| name.trim_matches([' ', '\t'])) {
            // A list may have empty elements (RFC 9110, section 5.6.1).
            if name.is_empty() {
                continue;
            }
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| MisusedConnection)?;
            if is_end_to_end(&name) {
                return Err(MisusedConnection);
            }
            named.push(name);
        }
    }
    Ok(named)
}

/// Whether the header `name`, a list, has `token`, in any case.
#[must_use]
pub fn lists(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    tokens(headers, name).any(|listed| listed.eq_ignore_ascii_case(token))
}

/// The members of the list in all headers `name`.
pub fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter();
    lines
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, HeaderName};

    use super::remove_hop_by_hop;

    fn left(lines: &[(&str, &str)]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        remove_hop_by_hop(&mut headers);
        let line = |(name, value): (&HeaderName, &http::HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        headers.iter().map(line).collect()
    }

    #[test]
    fn what_is_about_the_connection_goes() {
        let lines = [
            ("accept", "*/*"),
            ("connection", "keep-alive, X-One"),
            ("connection", "x-two"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("transfer-encoding", "chunked"),
            ("te", "gzip"),
            ("upgrade", "websocket"),
            ("http2-settings", "x"),
            ("x-one", "1"),
            ("x-two", "2"),
            ("x-three", "3"),
        ];
        assert_eq!(left(&lines), ["accept: */*", "x-three: 3"]);
    }

    #[test]
    fn a_client_cannot_have_the_rest_removed() {
        let lines = [
            ("connection", "host, content-length, authorization"),
            ("connection", "forwarded, X-Forwarded-For, Cookie"),
            ("connection", "Impersonate-User, origin, sec-fetch-site"),
            ("host", "h"),
            ("content-length", "1"),
            ("authorization", "Bearer t"),
            ("forwarded", "for=x"),
            ("x-forwarded-for", "10.0.0.1"),
            ("cookie", "a=b"),
            ("impersonate-user", "bob"),
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ];
        assert_eq!(left(&lines).len(), 9);
    }

    #[test]
    fn trailers_may_come() {
        assert_eq!(left(&[("te", "gzip, Trailers")]), ["te: trailers"]);
    }
}
