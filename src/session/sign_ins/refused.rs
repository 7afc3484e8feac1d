//! Why nothing is ended.

use crate::problem::{Note, Problem, Tell, sentences};

/// The user has no other sign-in with this id.
#[derive(Clone, Copy, Debug)]
pub struct NoSuchSignIn;

impl Tell for NoSuchSignIn {
    fn problem(&self) -> Problem {
        Problem::new(404, &sentences::NO_SUCH_SIGN_IN)
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(Note::default())
    }
}
