//! What the component has given for what is carried.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;
use verdict::{Looked, Together};

/// The ticket of what is carried. A look may bring another one, which then holds its place.
pub(crate) struct Ticket(Mutex<Held>);

struct Held {
    text: String,
    /// With which others it is looked at.
    together: Option<Together>,
    /// Whether its end has to be reported.
    holds_place: bool,
    /// When the component was last asked and said yes.
    consent: Instant,
}

impl Ticket {
    /// One that the component has given now, and with which others it is looked at.
    pub(crate) fn new(text: &str, holds_place: bool, together: Option<Together>) -> Self {
        Self(Mutex::new(Held {
            text: text.to_owned(),
            together,
            holds_place,
            consent: Instant::now(),
        }))
    }

    /// With which others it is looked at.
    pub(crate) fn together(&self) -> Option<Together> {
        self.held().together.clone()
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
    pub(crate) fn change(&self, text: String, holds_place: bool, together: Option<Together>) {
        let mut held = self.held();
        (held.text, held.holds_place, held.together) = (text, holds_place, together);
    }

    /// Its place was given back.
    pub(crate) fn is_free(&self) {
        let mut held = self.held();
        (held.holds_place, held.together) = (false, None);
    }

    /// The component was asked then, and says yes; `looked` may bring the ticket from now on.
    pub(crate) fn goes_on(&self, looked: &Looked, asked: Instant) {
        if let Some(other) = &looked.ticket {
            self.change(other.clone(), true, looked.together.clone());
        }
        self.has_consent(asked);
    }

    /// The component was asked then, and says yes.
    pub(crate) fn has_consent(&self, asked: Instant) {
        // What the component knew when it was asked, not when its answer came.
        self.held().consent = asked;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
