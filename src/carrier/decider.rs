//! Who is asked while a request is carried.

use http::Response;
use verdict::{Forward, Outcome, Writing};

/// Who has decided on a request, and decides again while it is carried.
#[allow(
    async_fn_in_trait,
    reason = "no call crosses a thread: a component has one"
)]
pub(crate) trait Decider {
    /// Why a request is not carried, or not any further.
    type Refusal;

    /// Hears that a request will last that is not sent yet.
    ///
    /// # Errors
    /// When there is no place for it.
    async fn lasts(&mut self) -> Result<(), Self::Refusal>;

    /// Decides on an answer with a status of [`Forward::asks_again`]: how the request is sent once more,
    /// if it can be sent `again`; nothing if the client gets the answer.
    ///
    /// # Errors
    /// With what the client gets instead.
    async fn refused(
        &mut self,
        answer: &Response<()>,
        again: bool,
    ) -> Result<Option<Forward>, Self::Refusal>;

    /// Looks whether a request may go on. Its client gets events, if they have a `writing`.
    async fn look(&mut self, writing: Option<Writing>) -> Look<Self::Refusal>;
}

/// The result of a look.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Look<R> {
    /// It goes on.
    GoesOn,
    /// Nobody can say.
    Unknown,
    /// It must end.
    Ends(End<R>),
}

/// How a request must end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct End<R> {
    /// As the audit line names it.
    pub(crate) outcome: Outcome,
    /// What a client gets that has no answer yet.
    pub(crate) why: R,
    /// What a client gets after the events that it has got.
    pub(crate) last: Option<Vec<u8>>,
}
