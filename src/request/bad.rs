//! Requests that are wrong for every sender.

use crate::problem::{Note, Problem, Tell, sentences};

/// What is wrong with a request.
#[derive(Debug)]
pub enum BadRequest {
    /// There is nothing at this path.
    NotFound,
    /// The path takes only these methods, as in `Allow`.
    MethodNotAllowed(&'static str),
    /// The body is longer than any form of ours, or did not arrive whole.
    BodyTooLarge,
    /// A parameter is wrong: its name, and the rest of a sentence about it.
    Parameter(&'static str, &'static str),
    /// The request came from another site's page.
    ForeignOrigin,
    /// It has more session cookies than these, which was too many to end all their sessions.
    TooManyCookies(usize),
}

impl Tell for BadRequest {
    fn problem(&self) -> Problem {
        match self {
            Self::NotFound => Problem::new(404, &sentences::NOT_FOUND),
            Self::MethodNotAllowed(methods) => Problem::new(405, &sentences::METHOD_NOT_ALLOWED)
                .with("methods", methods)
                .allow(*methods),
            Self::BodyTooLarge => Problem::new(413, &sentences::BODY_TOO_LARGE),
            Self::Parameter(name, what) => Problem::new(400, &sentences::BAD_PARAMETER)
                .with("name", name)
                .with("what", what),
            Self::ForeignOrigin => Problem::new(403, &sentences::FOREIGN_ORIGIN),
            Self::TooManyCookies(most) => {
                Problem::new(400, &sentences::TOO_MANY_COOKIES).with("most", most)
            }
        }
    }

    fn note(&self) -> Option<Note<'_>> {
        match self {
            Self::NotFound | Self::MethodNotAllowed(_) => None,
            Self::BodyTooLarge | Self::ForeignOrigin | Self::TooManyCookies(_) => {
                Some(Note::default())
            }
            Self::Parameter(name, what) => Some(Note::detail(format!("{name} {what}"))),
        }
    }
}
