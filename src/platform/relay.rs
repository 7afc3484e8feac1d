//! Carrying a request on to another server, and its answer back, without holding either.

use std::time::Duration;

use ::http::{Request, Response};

use super::HttpError;

/// The client of this request, and how its exchange with another server is carried.
#[allow(
    async_fn_in_trait,
    reason = "no call crosses a thread: a component has one"
)]
pub trait Relay {
    /// An exchange whose answer has begun. Dropped before [`Progress::Ended`] it is cut off on both
    /// sides, and neither takes what came for the whole.
    type Exchange: Exchange;

    /// Reads the body of the client's request whole; nothing if it is longer than `limit` bytes, or does
    /// not arrive.
    async fn body(&self, limit: usize) -> Option<Vec<u8>>;

    /// Sends `request`, and waits for the head of its answer. Redirects are not followed.
    ///
    /// # Errors
    /// When there is no answer within `limits`.
    async fn relay(
        &self,
        request: Request<Payload>,
        limits: RelayLimits,
    ) -> Result<Response<Self::Exchange>, HttpError>;

    /// Begins the answer to the client, whose body is what [`Relay::carry`] brings; `has_body` is false
    /// where there is none by nature (RFC 9110, section 6.4.1).
    fn begin(&self, exchange: &mut Self::Exchange, head: Response<()>, has_body: bool);

    /// Carries bytes in both directions for at most `time`, or until the exchange is over.
    async fn carry(&self, exchange: &mut Self::Exchange, time: Duration) -> Progress;
}

/// What is known of an exchange.
pub trait Exchange {
    /// How many bytes of body have gone to the server, and come from it.
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

/// The body of a request that is carried on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Payload {
    /// This.
    Whole(Vec<u8>),
    /// What the client goes on to send: not yet read, and at most `limit` bytes of it.
    Client {
        /// More than so many bytes cut the request off.
        limit: u64,
    },
}

/// How long a server may take.
#[derive(Clone, Copy, Debug)]
pub struct RelayLimits {
    /// Until the connection stands.
    pub connect: Duration,
    /// For the head of its answer, from the last byte that was sent to it.
    pub silence: Duration,
}

/// How far an exchange is.
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
