//! One connection or request in the rounds.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;
use verdict::{Looked, Looks, Stage, Together};

use crate::ticket::Ticket;

/// After a question without an answer, the next comes in a tenth of the interval. It includes all that is due
/// by then.
pub(super) const AGAIN: u32 = 10;

/// One connection or request that is carried.
pub(super) struct Entry {
    pub(super) ticket: Arc<Ticket>,
    pub(super) stage: Stage,
    pub(super) times: Looks,
    /// The group to which one answer applies.
    pub(super) together: Option<Together>,
    /// The answer to the group was no. This entry is asked about by itself.
    pub(super) is_alone: bool,
    pub(super) next: Instant,
    pub(super) ended: Option<oneshot::Sender<Option<Looked>>>,
}

impl Entry {
    /// When it ends for want of consent.
    pub(super) fn patience(&self) -> Instant {
        self.ticket.consent() + self.times.patience
    }

    pub(super) fn wakes(&self) -> Instant {
        self.next.min(self.patience())
    }

    /// The component was asked at `asked`, and the entry may go on.
    fn goes_on(&mut self, asked: Instant) {
        self.ticket.has_consent(asked);
        self.next = asked + self.times.every;
        self.is_alone = false;
    }

    /// There was no answer.
    fn is_asked_again(&mut self) {
        self.next = Instant::now() + self.times.every / AGAIN;
    }

    /// Takes the answer to the question about this entry.
    pub(super) fn hears(&mut self, answer: Option<Looked>, asked: Instant) {
        match answer {
            Some(looked) if looked.go_on => {
                self.ticket.goes_on(&looked, asked);
                if looked.ticket.is_some() {
                    self.together = looked.together;
                }
                self.goes_on(asked);
            }
            Some(looked) => self.end(Some(looked)),
            None => self.is_asked_again(),
        }
    }

    /// Takes the answer to the question about another entry of the group.
    pub(super) fn hears_of_another(&mut self, go_on: Option<bool>, asked: Instant) {
        match go_on {
            Some(true) => self.goes_on(asked),
            Some(false) => (self.is_alone, self.next) = (true, asked),
            None => self.is_asked_again(),
        }
    }

    /// Ends the entry, which is looked at no more.
    pub(super) fn end(&mut self, looked: Option<Looked>) {
        if let Some(ended) = self.ended.take() {
            // This fails if the entry is no longer carried.
            let _ = ended.send(looked);
        }
    }
}
