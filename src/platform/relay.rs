//! Relays a request to another server, and its answer back, without buffering either.

use std::time::Duration;

use ::http::{Request, Response};

use super::HttpError;

/// The client of this request, and its exchange with another server.
#[allow(
    async_fn_in_trait,
    reason = "no call crosses a thread: a component has one"
)]
pub trait Relay {
    /// An exchange with another server. If it is dropped before [`Progress::Ended`], both sides
    /// are cut off. Neither then takes the received part for the whole.
    type Exchange: Exchange;

    /// Whether the client's request has a body. A body that has not begun within `time` counts. Nothing
    /// if it is cut off.
    async fn has_body(&self, time: Duration) -> Option<bool>;

    /// Reads the whole body of the client's request, of at most `limit` bytes, for at most `time`.
    /// Called again, it goes on.
    async fn body(&self, limit: usize, time: Duration) -> Body;

    /// Sends `request`. Redirects are not followed.
    ///
    /// # Errors
    /// When it cannot be sent within `limits`.
    async fn relay(
        &self,
        request: Request<Payload>,
        limits: RelayLimits,
    ) -> Result<Self::Exchange, HttpError>;

    /// Waits at most `time` for the head of the answer, while what the client sends goes on. Nothing
    /// if it has not come.
    ///
    /// # Errors
    /// When there is no answer, or the client's body fails.
    async fn head(
        &self,
        exchange: &mut Self::Exchange,
        time: Duration,
    ) -> Result<Option<Response<()>>, HttpError>;

    /// Begins the answer to the client. [`Relay::carry`] brings its body. `has_body` is false for
    /// an answer that has no body by definition (RFC 9110, section 6.4.1).
    fn begin(&self, exchange: &mut Self::Exchange, head: Response<()>, has_body: bool);

    /// Carries bytes in both directions for at most `time`, or until the exchange is over.
    async fn carry(&self, exchange: &mut Self::Exchange, time: Duration) -> Progress;

    /// Ends the answer to the client as complete, with `last` at its end.
    fn finish(&self, exchange: &mut Self::Exchange, last: &[u8]);
}

/// What is known of an exchange.
pub trait Exchange {
    /// How many body bytes went to the server, and came from it.
    fn carried(&self) -> Carried;
}

/// Bytes of bodies.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Carried {
    /// From the client to the server.
    pub sent: u64,
    /// From the server to the client.
    pub received: u64,
}

/// What has come of the client's body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// Not all of it yet.
    NotYet,
    /// More than the limit, or it was cut off.
    Unusable,
}

/// The body of a relayed request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Payload {
    /// These bytes.
    Whole(Vec<u8>),
    /// What the client still sends. It is not yet read.
    Client {
        /// The most bytes. A longer body cuts the request off.
        limit: u64,
    },
}

/// How long a server may take.
#[derive(Clone, Copy, Debug)]
pub struct RelayLimits {
    /// The time to connect.
    pub connect: Duration,
    /// The time to take a whole body.
    pub silence: Duration,
}

/// The state of an exchange.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Progress {
    /// It goes on.
    Open,
    /// The answer has been carried to its end.
    Ended,
    /// The client has gone.
    ClientGone,
    /// The answer was cut off.
    CutOff,
}
