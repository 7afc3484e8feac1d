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
    /// When no complete answer has come within `limits`.
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        limits: Limits,
    ) -> Result<Response<Vec<u8>>, HttpError>;
}

/// How long one call may take, and how much it may bring.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// From the first byte sent to the last byte read.
    pub total: Duration,
    /// Of the answer's body, in bytes.
    pub body: usize,
}

/// Why there is no answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HttpError {
    /// The function is not granted this origin.
    Denied,
    /// The time of [`Limits`] was over.
    TimedOut,
    /// The answer was longer than [`Limits::body`].
    TooLarge,
    /// There was no connection: nothing was sent.
    Unreachable(String),
    /// A closed connection, an answer that is not HTTP.
    Failed(String),
    /// The client went away, or sent more than it may, before all of its request was passed on.
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
