//! What every error can say.

use std::fmt;

use super::told::Problem;
use crate::entra_error::EntraError;
use crate::terms::User;

/// An error of which a client and the log are told.
pub trait Tell: fmt::Debug {
    /// What the client is told.
    fn problem(&self) -> Problem;

    /// What the log is told besides. Nothing if this is no event; it then gets no line.
    fn note(&self) -> Option<Note<'_>>;
}

/// What the log is told of an error besides its kind.
#[derive(Default)]
pub struct Note<'a> {
    /// For the engineer on call.
    pub detail: Option<String>,
    /// The user it is about, if known.
    pub user: Option<&'a User>,
    /// What Entra said, if Entra was the cause.
    pub entra: Option<&'a EntraError>,
}

impl<'a> Note<'a> {
    /// With a detail for the engineer on call.
    pub fn detail(detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::default()
        }
    }

    /// With what Entra said.
    pub fn entra(error: &'a EntraError) -> Self {
        Self {
            entra: Some(error),
            ..Self::default()
        }
    }
}
