//! Why an application cannot be loaded.

use std::fmt;
use std::path::{Path, PathBuf};

/// The error and its file.
#[derive(Debug)]
pub enum LoadError {
    /// A file from the operator is missing or wrong.
    File {
        /// The file.
        path: PathBuf,
        /// The error, with its line where there is one.
        reason: String,
    },
    /// A variable has no value, or an impossible name.
    Variable {
        /// The variable.
        name: String,
        /// The error.
        reason: &'static str,
    },
    /// A store that can never work.
    Store {
        /// Its label.
        label: String,
        /// Its kind, and what to use instead.
        reason: String,
    },
    /// The engine cannot be set up on this machine.
    Engine(String),
}

impl LoadError {
    pub(crate) fn file(path: &Path, reason: impl fmt::Display) -> Self {
        Self::File {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, reason } => write!(f, "{}: {}", path.display(), reason.trim_end()),
            Self::Variable { name, reason } => write!(f, "the variable `{name}` {reason}"),
            Self::Store { label, reason } => write!(f, "the store `{label}`: {reason}"),
            Self::Engine(reason) => write!(f, "the WebAssembly engine cannot start: {reason}"),
        }
    }
}

impl std::error::Error for LoadError {}
