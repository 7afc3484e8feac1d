//! Turns a path of ours into one of the API server.

use crate::addresses::KUBERNETES;
use crate::terms::paths::has_two_readings;

/// Path and query of a request to the API server, as the client wrote them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Target<'a>(&'a str);

/// Whether `path` is one of the API server's.
pub(crate) fn is_below(path: &str) -> bool {
    path.strip_prefix(KUBERNETES)
        .is_some_and(|rest| rest.starts_with('/'))
}

impl<'a> Target<'a> {
    /// Reads our path and query. Nothing if the path has two readings: we might decide on one of
    /// them, and the API server might answer the other (docs/security.md).
    pub(super) fn parse(target: &'a str) -> Option<Self> {
        let path = target.split('?').next()?;
        let plain = target.bytes().all(|byte| byte.is_ascii_graphic()) && !target.contains('#');
        if !plain || path.contains('\\') || has_two_readings(path) {
            return None;
        }
        let rest = target.strip_prefix(KUBERNETES)?;
        rest.starts_with('/').then_some(Self(rest))
    }

    /// Path and query, byte for byte as they came.
    pub(super) fn as_str(self) -> &'a str {
        self.0
    }

    /// The path alone.
    pub(super) fn path(self) -> &'a str {
        self.0.split_once('?').map_or(self.0, |(path, _)| path)
    }

    /// The query alone.
    pub(super) fn query(self) -> &'a str {
        self.0.split_once('?').map_or("", |(_, query)| query)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{Target, is_below};

    #[test]
    fn what_comes_after_the_prefix_goes_on_byte_for_byte() {
        for (ours, theirs) in [
            ("/k8s/", "/"),
            ("/k8s/api?timeout=32s", "/api?timeout=32s"),
            (
                "/k8s/a%20b/c:d?x=%2e%2e%2F//;&y",
                "/a%20b/c:d?x=%2e%2e%2F//;&y",
            ),
            ("/k8s/k8s/x", "/k8s/x"),
        ] {
            assert_eq!(Target::parse(ours).unwrap().as_str(), theirs);
        }
        let target = Target::parse("/k8s/api/v1?a=b?c").unwrap();
        assert_eq!((target.path(), target.query()), ("/api/v1", "a=b?c"));
    }

    #[test]
    fn what_has_two_readings_goes_nowhere() {
        for ours in [
            "/k8s",
            "/k8sx/",
            "/api",
            "/k8s?x",
            "/k8s//api",
            "/k8s/../api",
            "/k8s/%2e%2e/api",
            "/k8s/.%2E/api",
            "/k8s/a%2fb",
            "/k8s/a%5Cb",
            "/k8s/a\\b",
            "/k8s/a;b",
            "/k8s/a%00",
            "/k8s/a%252fb",
            "/k8s/a%",
            "/k8s/a\u{e9}",
            "/k8s/a b",
            "/k8s/a#b",
            "/k8s/a?b#c",
            "//k8s/api",
            "/K8S/api",
            "/%6b8s/api",
            "/k8s/./api",
        ] {
            assert_eq!(Target::parse(ours), None, "{ours}");
        }
    }

    #[test]
    fn the_prefix_is_a_whole_segment() {
        assert!(is_below("/k8s/") && is_below("/k8s/x"));
        assert!(!is_below("/k8s") && !is_below("/k8sx") && !is_below("/x/k8s/"));
    }
}
