//! Waits for the head of an answer, which may take long.

use std::time::Duration;

use http::Response;
use verdict::Fault;

use super::carry::{Carrier, Stopped};
use super::decider::{Decider, Look};
use crate::platform::{Exchange, HttpError, Platform};

impl<P: Platform, D: Decider> Carrier<'_, P, D> {
    /// Waits for the head of the answer.
    ///
    /// # Errors
    /// When there is none, or the request may not go on.
    pub(super) async fn head(
        &mut self,
        exchange: &mut P::Exchange,
    ) -> Result<Response<()>, Stopped<D::Refusal>> {
        let platform = self.platform;
        let silence = self.rules.limits.answer.unwrap_or(Duration::MAX);
        let (mut heard, mut sent) = (platform.monotonic(), 0);
        loop {
            let left = silence.saturating_sub(platform.monotonic().saturating_sub(heard));
            let every = self.rules.looks.every;
            let head = platform.head(exchange, every.min(left)).await;
            if let Some(head) = head.map_err(without_answer)? {
                return Ok(head);
            }
            let now = platform.monotonic();
            if exchange.carried().sent > sent {
                (heard, sent) = (now, exchange.carried().sent);
            }
            if now.saturating_sub(heard) >= silence {
                return Err(Fault::Silent.into());
            }
            match self.look(None).await {
                Look::GoesOn => {}
                Look::Unknown => return Err(Fault::Silent.into()),
                Look::Ends(end) => return Err(Stopped::Refused(end.why)),
            }
        }
    }
}

/// Why there is no answer.
pub(super) fn without_answer(error: HttpError) -> Fault {
    match error {
        HttpError::TimedOut => Fault::Silent,
        HttpError::TooLarge => Fault::BodyTooLong,
        HttpError::ClientFailed => Fault::BodyCutOff,
        HttpError::Denied | HttpError::Unreachable(_) | HttpError::Failed(_) => {
            Fault::Unreachable(error.to_string())
        }
    }
}
