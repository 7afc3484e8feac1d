//! Why a wish about a credential is not fulfilled.

use super::issue::MOST;
use crate::problem::{Note, Problem, Tell, sentences};

/// Why not.
#[derive(Debug)]
pub enum CredentialRefused {
    /// No more are to be had in this session.
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
