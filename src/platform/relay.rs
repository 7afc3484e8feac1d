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
    /// An exchange whose answer has begun. If it is dropped before [`Progress::Ended`], both sides
    /// are cut off. Neither then takes the received part for the whole.
    type Exchange: Exchange;

    /// Reads the whole body of the client's request; nothing if it is longer than `limit` bytes, or
    /// does not arrive within `time`.
    async fn body(&self, limit: usize, time: Duration) -> Option<Vec<u8>>;

    /// Sends `request` and waits for the head of the answer. Redirects are not followed.
    ///
    /// # Errors
    /// When there is no answer within `limits`.
    async fn relay(
        &self,
        request: Request<Payload>,
        limits: RelayLimits,
    ) -> Result<Response<Self::Exchange>, HttpError>;

    /// Begins the answer to the client. [`Relay::carry`] brings its body. `has_body` is false for
    /// an answer that has no body by definition (RFC 9110, section 6.4.1).
    fn begin(&self, exchange: &mut Self::Exchange, head: Response<()>, has_body: bool);

    /// Carries bytes in both directions for at most `time`, or until the exchange is over.
    async fn carry(&self, exchange: &mut Self::Exchange, time: Duration) -> Progress;
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
    /// The time from the last byte sent to the head of the answer.
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
