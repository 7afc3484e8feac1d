//! Turns a path of ours into one of the API server.

use http::Method;
use verdict::RequestInfo;

use crate::addresses::KUBERNETES;
use crate::terms::paths::{has_two_readings, leads_out};

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
    ///
    /// What follows `…/proxy/` is for what stands behind the API server, which decides on what comes
    /// before it. So it only must not lead out of there.
    pub(super) fn parse(target: &'a str) -> Option<Self> {
        let plain = target.bytes().all(|byte| byte.is_ascii_graphic()) && !target.contains('#');
        let target = Self(target.strip_prefix(KUBERNETES)?);
        let path = target.path();
        if !plain || !path.starts_with('/') || path.contains('\\') {
            return None;
        }
        let (decided, rest) = proxied(path).unwrap_or((path, ""));
        (!has_two_readings(decided) && !leads_out(rest)).then_some(target)
    }

    /// Path and query, byte for byte as they came.
    pub(super) fn as_str(self) -> &'a str {
        self.0
    }

    /// The path alone.
    pub(super) fn path(self) -> &'a str {
        self.0.split_once('?').map_or(self.0, |(path, _)| path)
    }
}

/// Splits the path of a request that the API server passes on: the part that it decides on, and what
/// follows the slash. Nothing if it passes on nothing there.
fn proxied(path: &str) -> Option<(&str, &str)> {
    path.match_indices("/proxy/").find_map(|(at, proxy)| {
        let (decided, rest) = path.split_at_checked(at + proxy.len())?;
        RequestInfo::parse(&Method::GET, decided)
            .is_proxied()
            .then_some((decided, rest))
    })
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
        assert_eq!(target.path(), "/api/v1");
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
    fn what_stands_behind_the_api_server_reads_its_path_itself() {
        for before in [
            "/api/v1/namespaces/a/services/https:s:443/proxy/",
            "/api/v1/namespaces/proxy/pods/p/proxy/",
            "/api/v1/nodes/n/proxy/",
        ] {
            for after in [
                "",
                "/",
                "api/queues/%2F/q",
                "a//b",
                "a;b=c",
                "%252f",
                "s%65crets",
                "a%5Cb",
                "...",
                "a/..b/c../%2e%2e%2e",
                "proxy/a%2fb",
            ] {
                let path = format!("{before}{after}");
                let target = format!("/k8s{path}?x=../..");
                assert_eq!(Target::parse(&target).unwrap().path(), path);
            }
            for after in [
                "..",
                "../x",
                "a/./b",
                "a/%2e%2E",
                "a/.%2e/b",
                "a%2f..%2fb",
                "a%5c..%5cb",
                "%252e%252e",
                "a%25252f..",
                "a/..;x/b",
                "a%00",
                "a%0d%0ab",
                "a%2",
                "a%zz",
                "a\\b",
            ] {
                let target = format!("/k8s{before}{after}");
                assert_eq!(Target::parse(&target), None, "{target}");
            }
            let twice = format!("/k8s{}", before.replacen("/a/", "/a%2f/", 1));
            assert_eq!(Target::parse(&twice).is_none(), twice.contains("%2f"));
        }
        for ours in [
            "/k8s/api/v1/namespaces/a/pods/proxy/a%2fb",
            "/k8s/api/v1/namespaces/a%2f/services/s/proxy/x",
            "/k8s/proxy/a//b",
            "/k8s/apis/proxy/a//b",
            "/k8s/api/v1/namespaces/a/services/s//proxy/x",
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
