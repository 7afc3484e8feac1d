//! Why nothing is known of a request that a proxy asks about.

use crate::problem::{Note, Problem, Tell, sentences};

/// A property of a request is not known. This is an error only where it is needed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Undescribed {
    /// There is no `FORWARD_AUTH_PROFILE`.
    NoProfile,
    /// The sender of the check is none of `TRUSTED_PROXIES`.
    NotTrusted,
    /// This header is not there.
    Missing(&'static str),
    /// This header came more than once.
    Repeated(&'static str),
    /// This header, or this part of the check, is not what it should be.
    Malformed(&'static str),
}

impl Undescribed {
    fn what(self) -> String {
        match self {
            Self::NoProfile => {
                "no header is believed, since FORWARD_AUTH_PROFILE is not set".to_owned()
            }
            Self::NotTrusted => {
                "its sender is not believed, since it is none of TRUSTED_PROXIES".to_owned()
            }
            Self::Missing(name) => format!("{name} is missing"),
            Self::Repeated(name) => format!("{name} came more than once"),
            Self::Malformed(name) => format!("{name} is malformed"),
        }
    }
}

impl Tell for Undescribed {
    fn problem(&self) -> Problem {
        Problem::new(400, &sentences::UNDESCRIBED).with("what", self.what())
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(Note::detail(self.what()))
    }
}
