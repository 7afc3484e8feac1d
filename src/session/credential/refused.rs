//! Why a request about a credential is refused.

use super::issue::MOST;
use crate::problem::{Note, Problem, Tell, sentences};

/// Why it is refused.
#[derive(Debug)]
pub enum CredentialRefused {
    /// This session can have no more credentials.
    TooMany,
    /// There is no such credential in this session.
    NoSuch,
}

impl Tell for CredentialRefused {
    fn problem(&self) -> Problem {
        match self {
            Self::TooMany => Problem::new(409, &sentences::TOO_MANY_CREDENTIALS).with("most", MOST),
            Self::NoSuch => Problem::new(404, &sentences::NO_SUCH_CREDENTIAL),
        }
    }

    fn note(&self) -> Option<Note<'_>> {
        match self {
            Self::TooMany | Self::NoSuch => Some(Note::default()),
        }
    }
}
