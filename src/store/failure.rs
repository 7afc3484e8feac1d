//! Why the store gives no answer.

use std::fmt;

use crate::outbound::{Away, Dependency};
use crate::platform::StoreError;
use crate::problem::{Note, Problem, Tell};

/// Why the store gave no usable answer. This signs nobody out.
#[derive(Clone, Debug)]
pub enum StoreFailure {
    /// The store itself failed.
    Store(StoreError),
    /// A newer release wrote the record, which is left alone.
    NewerFormat,
    /// A list is longer than it may be.
    ListFull,
    /// Another request has been at it for too long.
    Busy,
}

impl From<StoreError> for StoreFailure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for StoreFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::NewerFormat => f.write_str("a record was written by a newer release"),
            Self::ListFull => f.write_str("a list in the session store is full"),
            Self::Busy => f.write_str("another request is refreshing the same tokens"),
        }
    }
}

impl From<StoreFailure> for Away {
    fn from(failure: StoreFailure) -> Self {
        failure.away()
    }
}

impl StoreFailure {
    fn away(&self) -> Away {
        Away::new(Dependency::Store, self.to_string())
    }
}

impl Tell for StoreFailure {
    fn problem(&self) -> Problem {
        self.away().problem()
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(Note::detail(self.away().detail()))
    }
}
