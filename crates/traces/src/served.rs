//! A request from its head to that of its answer.

use http::{Method, StatusCode};
use opentelemetry::KeyValue;
use opentelemetry::trace::Status;

use crate::attributes::{self, Known, ROUTE};
use crate::trace::Trace;

/// A request that is being answered. Its span ends with the head of the answer, or when this is dropped:
/// then the client has gone.
#[derive(Debug, Default)]
pub struct Served {
    trace: Trace,
    method: Option<Known>,
}

impl Served {
    pub(crate) fn new(trace: Trace, method: &Method) -> Self {
        let method = Some(Known::of(method));
        Self { trace, method }
    }

    /// What is done for it is in this trace.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// `route` answers it, which is one of a table.
    pub fn leads_to(&self, route: &str) {
        let Some((span, method)) = self.trace.span().zip(self.method) else {
            return;
        };
        if span.is_recording() {
            span.update_name(method.name(Some(route)));
            span.set_attribute(KeyValue::new(ROUTE, route.to_owned()));
        }
    }

    /// It has been answered so.
    pub fn answered(mut self, status: StatusCode) {
        if let Some(span) = self.trace.span() {
            span.set_attribute(attributes::status(status));
            // What a client has done wrong is no fault of the server.
            if status.is_server_error() {
                span.set_attribute(attributes::error_of(status));
                span.set_status(Status::error(""));
            }
            span.end();
        }
        self.trace = Trace::default();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(span) = self.trace.span() {
            span.set_attribute(attributes::error("client_gone"));
            span.end();
        }
    }
}
