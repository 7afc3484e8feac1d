//! Finds the component for a path, by Spin's rules.
//!
//! Paths are compared as they came, without decoding or dot segments; only slashes at both ends are ignored.
//! Of several matching routes, the most specific from the left wins.

/// The routes of an application; each has a target `T`.
#[derive(Debug)]
pub(crate) struct Routes<T>(Vec<Route<T>>);

/// One route.
#[derive(Debug)]
pub(crate) struct Route<T> {
    /// The pattern in the manifest.
    pub(crate) pattern: String,
    /// The target.
    pub(crate) target: T,
    segments: Vec<Segment>,
}

#[derive(Debug)]
enum Segment {
    Exact(String),
    Parameter(String),
    Rest,
}

/// A path that a route matches.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Matched<'p> {
    /// The text for the wildcard, with its slash; empty without one.
    pub(crate) rest: String,
    /// The text for each `:parameter`.
    pub(crate) parameters: Vec<(String, &'p str)>,
}

impl<T> Routes<T> {
    /// From patterns such as `/login`, `/users/:id` and `/...`.
    pub(crate) fn new(routes: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut routes: Vec<_> = routes
            .into_iter()
            .map(|(pattern, target)| Route {
                segments: parse(&pattern),
                pattern,
                target,
            })
            .collect();
        routes.sort_by(|left, right| left.ranks().cmp(right.ranks()));
        Self(routes)
    }

    /// The best route for `path`.
    pub(crate) fn find<'p>(&self, path: &'p str) -> Option<(&Route<T>, Matched<'p>)> {
        let segments = split(path);
        let (route, mut matched) = self
            .0
            .iter()
            .find_map(|route| Some((route, route.matches(&segments)?)))?;
        if route.has_wildcard() && path.ends_with('/') {
            matched.rest.push('/');
        }
        Some((route, matched))
    }
}

impl<T> Route<T> {
    /// The pattern without its wildcard.
    pub(crate) fn fixed(&self) -> &str {
        self.pattern.strip_suffix("/...").unwrap_or(&self.pattern)
    }

    fn has_wildcard(&self) -> bool {
        matches!(self.segments.last(), Some(Segment::Rest))
    }

    /// The precedence among routes with the same beginning; names of parameters do not matter.
    fn ranks(&self) -> impl Iterator<Item = (u8, &str)> {
        self.segments.iter().map(|segment| match segment {
            Segment::Exact(text) => (0, text.as_str()),
            Segment::Parameter(_) => (1, ""),
            Segment::Rest => (2, ""),
        })
    }

    fn matches<'p>(&self, path: &[&'p str]) -> Option<Matched<'p>> {
        let mut parameters = Vec::new();
        let mut path = path.iter();
        for segment in &self.segments {
            match segment {
                Segment::Rest => {
                    let rest = path.map(|segment| format!("/{segment}")).collect();
                    return Some(Matched { rest, parameters });
                }
                Segment::Exact(text) if path.next()? == text => {}
                Segment::Exact(_) => return None,
                Segment::Parameter(name) => {
                    let value = path.next().filter(|value| !value.is_empty())?;
                    parameters.push((name.clone(), *value));
                }
            }
        }
        path.next().is_none().then_some(Matched {
            rest: String::new(),
            parameters,
        })
    }
}

fn parse(pattern: &str) -> Vec<Segment> {
    split(pattern)
        .into_iter()
        .map(|segment| match segment.strip_prefix(':') {
            _ if segment == "..." => Segment::Rest,
            Some(name) => Segment::Parameter(name.to_owned()),
            None => Segment::Exact(segment.to_owned()),
        })
        .collect()
}

fn split(path: &str) -> Vec<&str> {
    let path = path.trim_matches('/');
    if path.is_empty() {
        Vec::new()
    } else {
        path.split('/').collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Matched, Routes};

    fn routes() -> Routes<()> {
        let patterns = [
            "/...",
            "/",
            "/login",
            "/api/...",
            "/api/v1",
            "/users/:id",
            "/users/me",
            "/:a/b/...",
        ];
        Routes::new(patterns.map(|pattern| (pattern.to_owned(), ())))
    }

    #[test]
    fn the_most_exact_route_wins() {
        let cases = [
            ("/", "/"),
            ("", "/"),
            ("//", "/"),
            ("/login", "/login"),
            ("/login/", "/login"),
            ("//login", "/login"),
            ("/Login", "/..."),
            ("/login/x", "/..."),
            ("/log%69n", "/..."),
            ("/login;x", "/..."),
            ("/./login", "/..."),
            ("/api", "/api/..."),
            ("/api/", "/api/..."),
            ("/api/v1", "/api/v1"),
            ("/api//v1", "/api/..."),
            ("/api/v1/x", "/api/..."),
            ("/users/7", "/users/:id"),
            ("/users/me", "/users/me"),
            ("/users", "/..."),
            ("/x/b", "/:a/b/..."),
            ("/x/b/c/d", "/:a/b/..."),
        ];
        let routes = routes();
        for (path, expected) in cases {
            let found = routes.find(path).map(|(route, _)| route.pattern.as_str());
            assert_eq!(found, Some(expected), "{path}");
        }
    }

    #[test]
    fn what_matched_is_told() {
        let routes = routes();
        let matched = |path| routes.find(path).map(|(_, matched)| matched);
        let expected = Matched {
            rest: "/c/d".to_owned(),
            parameters: vec![("a".to_owned(), "x")],
        };
        assert_eq!(matched("/x/b/c/d"), Some(expected));
        let expected = Matched {
            rest: "/v1/x".to_owned(),
            parameters: vec![],
        };
        assert_eq!(matched("/api/v1/x"), Some(expected));
    }

    #[test]
    fn a_slash_at_the_end_belongs_to_the_rest() {
        let routes = routes();
        let rest = |path| routes.find(path).map(|(_, matched)| matched.rest);
        for (path, expected) in [
            ("/api", ""),
            ("/api/", "/"),
            ("/api/a/", "/a/"),
            ("/login/", ""),
        ] {
            assert_eq!(rest(path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn names_of_parameters_do_not_count() {
        let routes = Routes::new([("/:a/...", 1), ("/:b/x", 2)].map(|(p, t)| (p.to_owned(), t)));
        assert_eq!(routes.find("/y/x").map(|(route, _)| route.target), Some(2));
    }

    #[test]
    fn without_a_wildcard_some_paths_lead_nowhere() {
        let routes = Routes::new([("/a".to_owned(), ())]);
        assert!(routes.find("/b").is_none());
    }
}
