//! What the component has given for what is carried.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// The ticket of what is carried. A look may bring another one, which then holds its place.
pub(crate) struct Ticket {
    held: Mutex<Held>,
    group: String,
}

struct Held {
    text: String,
    /// Whether its end has to be reported.
    holds_place: bool,
    /// When the component was last asked and said yes.
    consent: Instant,
}

impl Ticket {
    /// One that the component has given now, and what it belongs to.
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

    /// What it belongs to: nothing, if that is not known.
    pub(crate) fn group(&self) -> &str {
        &self.group
    }

    /// The one that counts.
    pub(crate) fn text(&self) -> String {
        self.held().text.clone()
    }

    /// How long it is, in bytes.
    pub(crate) fn length(&self) -> usize {
        self.held().text.len()
    }

    /// When the component was last asked and said yes.
    pub(crate) fn consent(&self) -> Instant {
        self.held().consent
    }

    /// Whether there is a place to be given back.
    pub(crate) fn holds_place(&self) -> bool {
        self.held().holds_place
    }

    /// There is another one from now on.
    pub(crate) fn change(&self, text: String, holds_place: bool) {
        let mut held = self.held();
        (held.text, held.holds_place) = (text, holds_place);
    }

    /// The component was asked then, and says yes; `other` is the ticket from now on, if there is one.
    pub(crate) fn goes_on(&self, other: Option<String>, asked: Instant) {
        if let Some(other) = other {
            self.change(other, true);
        }
        // What the component knew when it was asked, not when its answer came.
        self.held().consent = asked;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
