//! One request on its way through a function.

use std::time::Duration;

use http::Method;

use crate::log::Event;
use crate::platform::{Body, Platform};
use crate::problem::Tell;
use crate::request::{BadRequest, Parameters, Request};
use crate::settings::{Misconfigured, Reader};

/// How long a form may take to arrive. Its instance waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

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
    /// The longest form that the function takes, in bytes.
    pub longest_form: usize,
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

    /// The form in the body. Only now is it read: a function asks for it once it has decided that the
    /// request is admitted, so that a body that never comes holds up nobody else.
    ///
    /// # Errors
    /// When it is too long, or does not arrive in time.
    pub async fn form(&self) -> Result<Parameters, BadRequest> {
        if matches!(self.request.method, Method::GET | Method::HEAD) {
            return Ok(Parameters::parse(&[]));
        }
        match self.platform.body(self.longest_form, PATIENCE).await {
            Body::Whole(body) => Ok(Parameters::parse(&body)),
            Body::NotYet | Body::Unusable => Err(BadRequest::BodyTooLarge),
        }
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
