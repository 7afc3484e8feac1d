//! One request on its way through a function.

use crate::log::Event;
use crate::platform::Platform;
use crate::problem::Tell;
use crate::request::Request;
use crate::settings::{Misconfigured, Reader};

/// One request on its way through a function.
pub struct Call<'a, P> {
    /// The platform.
    pub platform: &'a P,
    /// The request.
    pub request: &'a Request,
    /// The request's id, in the log and in the answer.
    pub id: String,
    /// The function's name, for the log.
    pub route: &'static str,
}

impl<P: Platform> Call<'_, P> {
    /// An event of this request.
    pub fn event(&self, event: &'static str) -> Event<'_> {
        Event {
            event,
            route: self.route,
            request_id: &self.id,
            ..Event::default()
        }
    }

    /// Logs `error` as `event`, unless it has no note.
    pub fn log_error(&self, event: &'static str, error: &dyn Tell) {
        let Some(note) = error.note() else {
            return;
        };
        let about = match note.user {
            Some(user) => self.event(event).of(user),
            None => self.event(event),
        };
        Event {
            outcome: error.problem().kind(),
            entra: note.entra,
            detail: note.detail.as_deref(),
            ..about
        }
        .log(self.platform);
    }

    /// The settings that the function needs.
    ///
    /// # Errors
    /// With everything that is wrong with them.
    pub fn settings<T>(
        &self,
        read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Result<T, Misconfigured> {
        let source = |name: &str| self.platform.variable(name);
        let mut reader = Reader::new(&source);
        let settings = read(&mut reader);
        reader.finish(settings)
    }
}
