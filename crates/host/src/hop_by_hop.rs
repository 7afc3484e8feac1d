//! Headers that are meant for one connection only (RFC 9110, 7.6.1).
//!
//! A component never sees `Connection`, and so cannot know which headers it names: the host removes
//! them.

use http::{HeaderMap, HeaderName, header};
use verdict::is_end_to_end;

/// `Connection` names what belongs to the request itself, or is no list of names.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Misused;

/// Removes from the `headers` of a request what their `Connection` names.
pub(crate) fn remove(headers: &mut HeaderMap) -> Result<(), Misused> {
    for name in named(headers)? {
        headers.remove(name);
    }
    Ok(())
}

/// Removes from the `headers` of an answer what their `Connection` names, and so is meant for us. What
/// is no list of names there names nothing, and the length is the answer's own.
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
            if is_end_to_end(&name) {
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

    use super::{Misused, remove, remove_of_answer};

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
            "Impersonate-User",
            "x y",
            "x\"",
            "\u{e9}",
        ] {
            let headers = [("connection", connection), ("x-a", "1")];
            assert_eq!(left(&headers), Err(Misused), "{connection}");
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
