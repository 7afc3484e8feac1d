//! The kinds of carried requests.

/// The kind of a carried request. The component decides on both kinds, and the tunnel carries both alike.
/// Each kind has its own servers and its own form of errors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The API server.
    Kubernetes,
    /// An app.
    App,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Kubernetes, Self::App];

    /// The kind of a request for `path`; `None` if the component answers it itself.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| path.starts_with(kind.prefix()))
    }

    /// The route, for spans.
    #[must_use]
    pub fn route(self) -> &'static str {
        match self {
            Self::Kubernetes => "/k8s/...",
            Self::App => "/-/apps/...",
        }
    }

    /// The label in metrics.
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

    /// The path prefix. Only requests below it are carried.
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
