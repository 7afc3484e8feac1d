//! The ticket for a carried request.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// The ticket of a carried request. A look may replace it by another, which then holds the place.
pub(crate) struct Ticket {
    held: Mutex<Held>,
    group: String,
}

struct Held {
    text: String,
    /// Whether the end must be reported.
    holds_place: bool,
    /// When the component was last asked and consented.
    consent: Instant,
}

impl Ticket {
    /// A new ticket, and its group.
    pub(crate) fn new(text: &str, holds_place: bool, group: &str) -> Self {
        let held = Mutex::new(Held {
            text: text.to_owned(),
            holds_place,
            consent: Instant::now(),
        });
        Self {
            held,
            group: group.to_owned(),
        }
    }

    /// Its group; empty if it is not known.
    pub(crate) fn group(&self) -> &str {
        &self.group
    }

    /// The current ticket.
    pub(crate) fn text(&self) -> String {
        self.held().text.clone()
    }

    /// How long it is, in bytes.
    pub(crate) fn length(&self) -> usize {
        self.held().text.len()
    }

    /// When the component was last asked and consented.
    pub(crate) fn consent(&self) -> Instant {
        self.held().consent
    }

    /// Whether a place must be given back.
    pub(crate) fn holds_place(&self) -> bool {
        self.held().holds_place
    }

    /// Replaces the ticket.
    pub(crate) fn change(&self, text: String, holds_place: bool) {
        let mut held = self.held();
        (held.text, held.holds_place) = (text, holds_place);
    }

    /// The component was asked at `asked` and consents; `other`, if there is one, replaces the ticket.
    pub(crate) fn goes_on(&self, other: Option<String>, asked: Instant) {
        if let Some(other) = other {
            self.change(other, true);
        }
        // The consent dates from the question, not from the answer.
        self.held().consent = asked;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
