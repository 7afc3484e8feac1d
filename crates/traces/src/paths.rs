//! Paths as classes: which there are is known beforehand, and what stands in a path otherwise (a tenant,
//! a namespace, the name of a secret) is in no span.

/// The classes of what is called. `{…}` is one segment, and `...` all that follows.
const CLASSES: [&str; 15] = [
    // Entra.
    "/{tenant}/oauth2/v2.0/token",
    "/{tenant}/v2.0/.well-known/openid-configuration",
    "/{tenant}/.well-known/openid-configuration",
    "/{tenant}/discovery/v2.0/keys",
    // Graph.
    "/v1.0/me/transitiveMemberOf",
    // The sidecar.
    "/v1/federated-token",
    "/v1/service-account-token",
    "/v1/jobs/{owner}",
    "/v1/jobs/{owner}/{id}",
    // The API server.
    "/api/...",
    "/apis/...",
    "/openapi/...",
    "/version",
    // The component, as the tunnel asks it.
    "/-/tunnel",
    "/k8s/...",
];

/// What probes ask. There is no span for it: kubelets and ingresses ask every few seconds.
const PROBES: [&str; 6] = [
    "/healthz",
    "/livez",
    "/readyz",
    "/ping",
    "/ready",
    "/.well-known/spin/health",
];

/// The class of `path`, without its query; nothing if it is in none.
#[must_use]
pub fn path_class(path: &str) -> Option<&'static str> {
    CLASSES.into_iter().find(|class| is_in(path, class))
}

/// Whether a probe asks for `path`.
pub(crate) fn is_probed(path: &str) -> bool {
    PROBES.contains(&path)
}

fn is_in(path: &str, class: &str) -> bool {
    let mut segments = path.split('/');
    for part in class.split('/') {
        match (part, segments.next()) {
            ("...", _) => return true,
            (_, None) => return false,
            (part, Some(segment)) if part.starts_with('{') => {
                if segment.is_empty() {
                    return false;
                }
            }
            (part, Some(segment)) if part == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{is_probed, path_class};

    #[test]
    fn what_is_called_has_a_class() {
        for (path, class) in [
            ("/7e9a7000/oauth2/v2.0/token", "/{tenant}/oauth2/v2.0/token"),
            (
                "/7e9a7000/discovery/v2.0/keys",
                "/{tenant}/discovery/v2.0/keys",
            ),
            ("/v1.0/me/transitiveMemberOf", "/v1.0/me/transitiveMemberOf"),
            ("/v1/federated-token", "/v1/federated-token"),
            ("/v1/jobs/x", "/v1/jobs/{owner}"),
            ("/v1/jobs/x/y", "/v1/jobs/{owner}/{id}"),
            ("/api", "/api/..."),
            ("/api/v1/namespaces/demo/secrets/key", "/api/..."),
            ("/apis/apps/v1", "/apis/..."),
            ("/k8s/api", "/k8s/..."),
        ] {
            assert_eq!(path_class(path), Some(class), "{path}");
        }
    }

    #[test]
    fn everything_else_has_none() {
        for path in [
            "",
            "/",
            "/whoami",
            "/apix",
            "/version/x",
            "/v1/jobs/",
            "/v1/jobs",
            "/v1/jobs/x/y/z",
            "//oauth2/v2.0/token",
            "/a/b/oauth2/v2.0/token",
        ] {
            assert_eq!(path_class(path), None, "{path}");
        }
    }

    #[test]
    fn probes_are_known() {
        assert!(is_probed("/livez") && is_probed("/.well-known/spin/health"));
        assert!(!is_probed("/livez/") && !is_probed("/whoami"));
    }
}
