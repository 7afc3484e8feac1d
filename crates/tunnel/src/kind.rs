//! What a request is for.

/// What a request is for. Both are decided on by the component, and carried alike; each reaches its own
/// servers, and is told of errors in its own way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The API server.
    Kubernetes,
    /// An app.
    App,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Kubernetes, Self::App];

    /// What a request for `path` is for; nothing if the component answers it by itself.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| path.starts_with(kind.prefix()))
    }

    /// The route, as spans have it.
    #[must_use]
    pub fn route(self) -> &'static str {
        match self {
            Self::Kubernetes => "/k8s/...",
            Self::App => "/-/apps/...",
        }
    }

    /// To count by.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Kubernetes => "api_server",
            Self::App => "app",
        }
    }

    /// The server, in a sentence.
    pub(crate) fn server(self) -> &'static str {
        match self {
            Self::Kubernetes => "the API server",
            Self::App => "the app",
        }
    }

    /// Where requests are that are for it: only below this path is anything carried.
    fn prefix(self) -> &'static str {
        self.route().trim_end_matches('.')
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn it_is_told_by_where_the_request_was_led() {
        for (path, kind) in [
            ("/k8s/x", Some(Kind::Kubernetes)),
            ("/k8s/-/apps/x", Some(Kind::Kubernetes)),
            ("/-/apps/", Some(Kind::App)),
            ("/-/apps/k8s/x", Some(Kind::App)),
            ("/", None),
            ("/whoami", None),
            ("/k8s", None),
            ("//k8s/x", None),
            ("/%6b8s/x", None),
            ("/-/apps", None),
            ("/-/tunnel", None),
        ] {
            assert_eq!(Kind::of(path), kind, "{path}");
        }
    }
}
