//! Nobody is signed in.

use crate::problem::{Note, Problem, Tell, WayOn, sentences};

/// There is no session, or it has ended.
#[derive(Clone, Copy, Debug)]
pub struct NoSession;

impl Tell for NoSession {
    fn problem(&self) -> Problem {
        Problem::new(401, &sentences::NO_SESSION).way_on(WayOn::SignIn)
    }

    /// A request without a session is no event.
    fn note(&self) -> Option<Note<'_>> {
        None
    }
}
