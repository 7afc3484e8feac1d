//! The hosts at which an app cookie counts.

use serde::{Deserialize, Serialize};

/// The hosts at which an app cookie counts. Ports do not matter, as with cookies (RFC 6265, section 8.5).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One host. Whoever gets hold of the cookie there cannot use it at another one.
    Host(String),
    /// A domain and all hosts under it.
    Domain(String),
}

impl Scope {
    /// Whether the cookie counts at `host`, which is in lower case and has no port.
    pub fn covers(&self, host: &str) -> bool {
        match self {
            Self::Host(only) => host == only,
            Self::Domain(domain) => host
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        }
    }

    /// The domain that goes into the cookie; nothing for a cookie of one host.
    pub fn domain(&self) -> Option<&str> {
        match self {
            Self::Host(_) => None,
            Self::Domain(domain) => Some(domain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn a_host_covers_itself_alone() {
        let scope = Scope::Host("a.example.com".to_owned());
        assert!(scope.covers("a.example.com"));
        for other in ["b.example.com", "x.a.example.com", "example.com", ""] {
            assert!(!scope.covers(other), "{other}");
        }
    }

    #[test]
    fn a_domain_covers_whole_labels_under_it() {
        let scope = Scope::Domain("example.com".to_owned());
        for host in ["example.com", "a.example.com", "b.a.example.com"] {
            assert!(scope.covers(host), "{host}");
        }
        for other in [
            "badexample.com",
            "example.com.evil",
            "com",
            "example.org",
            "",
        ] {
            assert!(!scope.covers(other), "{other}");
        }
    }
}
