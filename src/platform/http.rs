//! Outbound HTTP with buffered bodies.

use std::fmt;
use std::time::Duration;

use ::http::{Request, Response};

/// Sends requests to the origins that the function is granted.
#[allow(
    async_fn_in_trait,
    reason = "no call crosses a thread: a component has one"
)]
pub trait HttpClient {
    /// Sends `request` and reads the whole answer. Redirects are not followed.
    ///
    /// # Errors
    /// When no complete answer came within `limits`.
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        limits: Limits,
    ) -> Result<Response<Vec<u8>>, HttpError>;
}

/// The limits of one call, in time and size.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The time to connect.
    pub connect: Duration,
    /// The time from the first byte sent to the last byte read.
    pub total: Duration,
    /// The size of the answer's body, in bytes.
    pub body: usize,
}

/// Why there is no answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HttpError {
    /// The function is not granted this origin.
    Denied,
    /// The time in [`Limits`] ran out.
    TimedOut,
    /// The answer was longer than [`Limits::body`].
    TooLarge,
    /// There was no connection, so nothing was sent.
    Unreachable(String),
    /// The connection was closed, or the answer is not HTTP.
    Failed(String),
    /// The client left or sent too much before its whole request was passed on.
    ClientFailed,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => f.write_str("spin.toml does not grant this origin to the function"),
            Self::TimedOut => f.write_str("no complete answer in time"),
            Self::TooLarge => f.write_str("the answer is too long"),
            Self::Unreachable(reason) | Self::Failed(reason) => f.write_str(reason),
            Self::ClientFailed => f.write_str("the client's request did not come whole"),
        }
    }
}
