//! Paths of apps.

use http::Method;

use crate::terms::paths::{has_two_readings, read_laxly};

/// A path and everything below it. A segment is never cut: `/a` is not above `/ab`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PathPrefix(String);

impl PathPrefix {
    /// Everything.
    pub(super) fn root() -> Self {
        Self(String::new())
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        check(text)?;
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }

    /// As text: empty, or with a slash at the beginning and none at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows it in `path`: nothing, or with a slash at the beginning. Nothing at all if `path` is not
    /// below it.
    pub fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.0.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }

    /// Whether a path is below it for a lax server, which has `read` that path ([`read_laxly`]).
    pub fn covers_laxly(&self, read: &str) -> bool {
        Self(read_laxly(&self.0)).rest(read).is_some()
    }
}

/// What everybody may ask for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Public {
    /// The path, which ends in a slash if it stands for everything below.
    path: String,
    methods: Vec<Method>,
}

impl Public {
    /// Of `path` with these methods.
    pub(super) fn new(path: &str, methods: Option<Vec<Method>>) -> Result<Self, String> {
        check(path)?;
        Ok(Self {
            path: path.to_owned(),
            methods: methods.unwrap_or_else(|| vec![Method::GET, Method::HEAD]),
        })
    }

    /// Whether everybody may ask for `path`, which is none of a query, with `method`.
    pub fn admits(&self, method: &Method, path: &str) -> bool {
        let is_there = match self.path.ends_with('/') {
            true => path.starts_with(&self.path),
            false => path == self.path,
        };
        is_there && self.methods.contains(method)
    }
}

/// Whether `path` is one on which can be decided.
fn check(path: &str) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"?#\\".contains(&byte);
    if !path.starts_with('/') || !path.bytes().all(is_plain) {
        return Err(
            "must be a path: with a slash at the beginning, in ASCII, without a query".to_owned(),
        );
    }
    match has_two_readings(path) {
        true => Err("can be read in two ways (.., //, ;, %2F …)".to_owned()),
        false => Ok(()),
    }
}
