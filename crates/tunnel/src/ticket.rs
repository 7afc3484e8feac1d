//! The ticket for a carried request.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;
use verdict::{Looked, Together};

/// The ticket of a carried request. A look may replace it by another, which then holds the place.
pub(crate) struct Ticket(Mutex<Held>);

struct Held {
    text: String,
    /// The group in whose looks it is included.
    together: Option<Together>,
    /// Whether the end must be reported.
    holds_place: bool,
    /// When the component was last asked and consented.
    consent: Instant,
}

impl Ticket {
    /// A new ticket, and the group in whose looks it is included.
    pub(crate) fn new(text: &str, holds_place: bool, together: Option<Together>) -> Self {
        Self(Mutex::new(Held {
            text: text.to_owned(),
            together,
            holds_place,
            consent: Instant::now(),
        }))
    }

    /// The group in whose looks it is included.
    pub(crate) fn together(&self) -> Option<Together> {
        self.held().together.clone()
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
    pub(crate) fn change(&self, text: String, holds_place: bool, together: Option<Together>) {
        let mut held = self.held();
        (held.text, held.holds_place, held.together) = (text, holds_place, together);
    }

    /// Its place was given back.
    pub(crate) fn is_free(&self) {
        let mut held = self.held();
        (held.holds_place, held.together) = (false, None);
    }

    /// The component was asked at `asked` and consents. `looked` may replace the ticket.
    pub(crate) fn goes_on(&self, looked: &Looked, asked: Instant) {
        if let Some(other) = &looked.ticket {
            self.change(other.clone(), true, looked.together.clone());
        }
        self.has_consent(asked);
    }

    /// The component was asked at `asked` and consents.
    pub(crate) fn has_consent(&self, asked: Instant) {
        // The consent dates from the question, not from the answer.
        self.held().consent = asked;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
