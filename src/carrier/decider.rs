//! The decider, which is asked while a request is carried.

use http::Response;
use verdict::{Forward, Outcome, Writing};

/// Decides on a request, and again while it is carried.
#[allow(
    async_fn_in_trait,
    reason = "no call crosses a thread: a component has one"
)]
pub(crate) trait Decider {
    /// Why a request is not carried, or not any further.
    type Refusal;

    /// Learns that a request which has not been sent will last.
    ///
    /// # Errors
    /// When there is no place for it.
    async fn lasts(&mut self) -> Result<(), Self::Refusal>;

    /// Decides on an answer with a status of [`Forward::asks_again`]. Returns how to send the request once
    /// more, if it can be sent `again`; `None` if the client gets the answer.
    ///
    /// # Errors
    /// With the client's answer instead.
    async fn refused(
        &mut self,
        answer: &Response<()>,
        again: bool,
    ) -> Result<Option<Forward>, Self::Refusal>;

    /// Decides whether a request may go on. A `writing` means that its client gets events.
    async fn look(&mut self, writing: Option<Writing>) -> Look<Self::Refusal>;
}

/// The result of a look.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Look<R> {
    /// It goes on.
    GoesOn,
    /// There is no answer.
    Unknown,
    /// It must end.
    Ends(End<R>),
}

/// How a request must end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct End<R> {
    /// The outcome in the audit line.
    pub(crate) outcome: Outcome,
    /// The answer for a client without one.
    pub(crate) why: R,
    /// The last bytes for a client of an event stream.
    pub(crate) last: Option<Vec<u8>>,
}
