//! One request, from its head to the head of the answer, counted and traced.

use http::StatusCode;
use metrics::{Label, status_class};
use tokio::time::Instant;
use traces::{Served, Trace};

use super::families::Counts;

/// A request, counted when this is dropped.
pub(crate) struct Asked<'a> {
    counts: &'a Counts,
    begun: Instant,
    function: Label,
    status: &'static str,
    /// `None` once it has been answered.
    served: Option<Served>,
    trace: Trace,
}

impl<'a> Asked<'a> {
    /// A new request; `served` is its span.
    pub(crate) fn new(counts: &'a Counts, served: Served) -> Self {
        Self {
            counts,
            begun: Instant::now(),
            function: "none".into(),
            status: "gone",
            trace: served.trace().clone(),
            served: Some(served),
        }
    }

    /// The request goes to `function` with this `route`.
    pub(crate) fn leads_to(&mut self, function: Label, route: &str) {
        self.function = function;
        if let Some(served) = &self.served {
            served.leads_to(route);
        }
    }

    /// The trace of the request.
    pub(crate) fn trace(&self) -> &Trace {
        &self.trace
    }

    /// It has been answered with this status.
    pub(crate) fn answered(mut self, status: StatusCode) {
        self.status = status_class(status.as_u16());
        if let Some(served) = self.served.take() {
            served.answered(status);
        }
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let function = self.function.clone();
        let lasted = self.begun.elapsed();
        self.counts.durations.observe([function.clone()], lasted);
        self.counts.requests.add([function, self.status.into()]);
    }
}
