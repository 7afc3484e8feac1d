//! Why a function gives no answer.

use super::tell::Tell;

/// An error, and the cookies that its answer sets nevertheless.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub error: Box<dyn Tell>,
    /// `Set-Cookie` values.
    pub cookies: Vec<String>,
}

impl<E: Tell + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            error: Box::new(error),
            cookies: Vec::new(),
        }
    }
}
