//! Headers that are meant for one connection only (RFC 9110, 7.6.1).
//!
//! A component never sees `Connection`, and so cannot know which headers it names: the host removes
//! them.

use http::{HeaderMap, HeaderName, header};

/// Named in `Connection`, these would make the request another one than whoever is in front of this
/// host took it for.
const END_TO_END: [HeaderName; 4] = [
    header::AUTHORIZATION,
    header::CONTENT_LENGTH,
    header::COOKIE,
    header::HOST,
];

/// `Connection` names what belongs to the request itself, or is no list of names.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Misused;

/// Removes from `headers` what their `Connection` names.
pub(crate) fn remove(headers: &mut HeaderMap) -> Result<(), Misused> {
    for name in named(headers)? {
        headers.remove(name);
    }
    Ok(())
}

fn named(headers: &HeaderMap) -> Result<Vec<HeaderName>, Misused> {
    let mut named = Vec::new();
    for value in headers.get_all(header::CONNECTION) {
        let list = value.to_str().map_err(|_| Misused)?;
        for name in list.split(',').map(|name| name.trim_matches([' ', '\t'])) {
            // A list may have empty elements (RFC 9110, 5.6.1).
            if name.is_empty() {
                continue;
            }
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Misused)?;
            if END_TO_END.contains(&name) {
                return Err(Misused);
            }
            named.push(name);
        }
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, HeaderValue};

    use super::{Misused, remove};

    /// The names that are left of a request with these headers.
    fn left(headers: &[(&'static str, &str)]) -> Result<Vec<String>, Misused> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        remove(&mut map)?;
        Ok(map.keys().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_named_is_removed() {
        let own = [("x-a", "1"), ("x-a", "2"), ("x-b", "3"), ("x-c", "4")];
        for (connection, kept) in [
            (&["close"][..], &["connection", "x-a", "x-b", "x-c"][..]),
            (&["x-a"], &["connection", "x-b", "x-c"]),
            (&["X-A ,\tx-b", "keep-alive"], &["connection", "x-c"]),
            (&[", ,x-c,"], &["connection", "x-a", "x-b"]),
            (&["connection"], &["x-a", "x-b", "x-c"]),
            (&[""], &["connection", "x-a", "x-b", "x-c"]),
        ] {
            let mut headers: Vec<_> = connection
                .iter()
                .map(|list| ("connection", *list))
                .collect();
            headers.extend(own);
            let mut left = left(&headers).unwrap();
            left.sort();
            assert_eq!(left, kept, "{connection:?}");
        }
        assert_eq!(left(&own).unwrap(), ["x-a", "x-b", "x-c"]);
    }

    #[test]
    fn what_belongs_to_the_request_may_not_be_named() {
        for connection in [
            "authorization",
            "close, Authorization",
            "content-length",
            "cookie",
            "HOST",
            "x y",
            "x\"",
            "\u{e9}",
        ] {
            let headers = [("connection", connection), ("x-a", "1")];
            assert_eq!(left(&headers), Err(Misused), "{connection}");
        }
    }
}
