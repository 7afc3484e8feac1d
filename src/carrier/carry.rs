//! One request, from its body to the end of its answer.

use std::time::Duration;

use http::{Method, StatusCode};
use verdict::{Ended, Fault, Forward, Outcome, Rules, Writing};

use super::decider::{Decider, End, Look};
use crate::platform::{Exchange, Platform, Progress};

/// Carries the client's request as `forward` and `rules` say, and asks `decider` while it lasts.
///
/// # Errors
/// When the client has no answer yet, and does not get the server's.
pub(crate) async fn carry<P: Platform, D: Decider>(
    platform: &P,
    forward: Forward,
    rules: &Rules,
    decider: &mut D,
) -> Result<Ended, Stopped<D::Refusal>> {
    let seen = platform.monotonic();
    let mut carrier = Carrier {
        platform,
        forward,
        rules,
        decider,
        seen,
    };
    carrier.go().await
}

/// Why a client does not get the server's answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Stopped<R> {
    /// The server gave no answer.
    Fault(Fault),
    /// The decider refused it.
    Refused(R),
}

impl<R> From<Fault> for Stopped<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A request that is carried.
pub(super) struct Carrier<'a, P, D> {
    pub(super) platform: &'a P,
    pub(super) forward: Forward,
    pub(super) rules: &'a Rules,
    pub(super) decider: &'a mut D,
    /// When the decider last consented.
    seen: Duration,
}

impl<P: Platform, D: Decider> Carrier<'_, P, D> {
    async fn go(&mut self) -> Result<Ended, Stopped<D::Refusal>> {
        let payload = self.payload().await?;
        let (mut head, mut exchange) = self.answer(&payload).await?;
        let status = head.status();
        let has_body = self.forward.method != Method::HEAD
            && !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        self.forward.lead_back(head.headers_mut());
        let is_events = self.rules.events;
        let writing = is_events.then(|| Writing::of(&head)).flatten();
        self.platform.begin(&mut exchange, head, has_body);
        let outcome = self.carry(&mut exchange, writing).await;
        let carried = exchange.carried();
        Ok(Ended {
            outcome,
            status: Some(status.as_u16()),
            sent: carried.sent,
            received: carried.received,
        })
    }

    /// Carries the answer to its end, or until it may not go on.
    async fn carry(&mut self, exchange: &mut P::Exchange, writing: Option<Writing>) -> Outcome {
        let platform = self.platform;
        loop {
            match platform.carry(exchange, self.rules.looks.every).await {
                Progress::Ended => return Outcome::Ok,
                Progress::ClientGone => return Outcome::ClientGone,
                Progress::CutOff => return Outcome::CutOff,
                Progress::Open => {}
            }
            match self.look(writing).await {
                Look::GoesOn => {}
                Look::Unknown => return Outcome::CutOff,
                Look::Ends(End { outcome, last, .. }) => {
                    if let Some(last) = last {
                        platform.finish(exchange, &last);
                    }
                    return outcome;
                }
            }
        }
    }

    /// Asks whether it may go on. Without an answer it goes on, as long as its patience lasts.
    pub(super) async fn look(&mut self, writing: Option<Writing>) -> Look<D::Refusal> {
        let look = self.decider.look(writing).await;
        let now = self.platform.monotonic();
        match look {
            Look::GoesOn => self.seen = now,
            Look::Unknown if now.saturating_sub(self.seen) < self.rules.looks.patience => {
                return Look::GoesOn;
            }
            Look::Unknown | Look::Ends(_) => {}
        }
        look
    }
}
