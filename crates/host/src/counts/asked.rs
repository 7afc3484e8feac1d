//! One request, from its head to that of its answer: counted, and traced.

use http::StatusCode;
use metrics::{Label, status_class};
use tokio::time::Instant;
use traces::{Served, Trace};

use super::families::Counts;

/// A request that is counted when this is dropped.
pub(crate) struct Asked<'a> {
    counts: &'a Counts,
    begun: Instant,
    function: Label,
    status: &'static str,
    /// Nothing once it has been answered.
    served: Option<Served>,
    trace: Trace,
}

impl<'a> Asked<'a> {
    /// A request of which nothing is known yet; `served` is its span.
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

    /// `function` answers it, which has this `route`.
    pub(crate) fn leads_to(&mut self, function: Label, route: &str) {
        self.function = function;
        if let Some(served) = &self.served {
            served.leads_to(route);
        }
    }

    /// The trace of everything that is done for it.
    pub(crate) fn trace(&self) -> &Trace {
        &self.trace
    }

    /// It has been answered so.
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
