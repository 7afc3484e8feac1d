//! Hop-by-hop headers (RFC 9110, section 7.6.1).
//!
//! A component never sees `Connection`, so it cannot know which headers that names. The host removes them.

use http::{HeaderMap, HeaderName, header};
use verdict::{MisusedConnection, named_by_connection};

/// Removes the headers of a request that `Connection` names.
pub(crate) fn remove(headers: &mut HeaderMap) -> Result<(), MisusedConnection> {
    for name in named_by_connection(headers)? {
        headers.remove(name);
    }
    Ok(())
}

/// Removes the headers of an answer that `Connection` names. A malformed list names nothing, and
/// `Content-Length` stays.
pub(crate) fn remove_of_answer(headers: &mut HeaderMap) {
    let lists = headers.get_all(header::CONNECTION).iter();
    let lists = lists.filter_map(|list| list.to_str().ok());
    let names = lists.flat_map(|list| list.split(',').map(str::trim));
    let named: Vec<HeaderName> = names
        .filter_map(|name| name.parse().ok())
        .filter(|name| *name != header::CONTENT_LENGTH)
        .collect();
    for name in named {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, HeaderValue};

    use super::{MisusedConnection, remove, remove_of_answer};

    /// The names that remain of a request with these headers.
    fn left(headers: &[(&'static str, &str)]) -> Result<Vec<String>, MisusedConnection> {
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
            "Impersonate-User",
            "x y",
            "x\"",
            "\u{e9}",
        ] {
            let headers = [("connection", connection), ("x-a", "1")];
            assert_eq!(left(&headers), Err(MisusedConnection), "{connection}");
        }
    }

    #[test]
    fn an_answer_loses_what_its_connection_names() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "X-A, x y, content-length"),
            ("connection", "x-b"),
            ("connection", "\u{e9}"),
            ("content-length", "2"),
            ("x-a", "1"),
            ("x-b", "2"),
            ("x-c", "3"),
        ] {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        remove_of_answer(&mut headers);
        let mut left: Vec<_> = headers.keys().map(|name| name.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, ["connection", "content-length", "x-c"]);
    }
}
