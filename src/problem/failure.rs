//! Why a function gives no answer.

use super::tell::Tell;

/// An error, and the cookies that its answer sets nevertheless.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub error: Box<dyn Tell>,
    /// `Set-Cookie` values.
    pub cookies: Vec<String>,
    /// Whether the log has been told, or was told of many others like it.
    pub is_noted: bool,
}

impl Failure {
    /// Whether its answer sets the cookie `name`.
    pub(crate) fn sets(&self, name: &str) -> bool {
        let is_it = |cookie: &String| cookie.split_once('=').is_some_and(|(n, _)| n == name);
        self.cookies.iter().any(is_it)
    }
}

impl<E: Tell + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            error: Box::new(error),
            cookies: Vec::new(),
            is_noted: false,
        }
    }
}
