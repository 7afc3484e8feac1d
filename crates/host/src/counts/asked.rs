//! One request, from its head to that of its answer.

use http::StatusCode;
use metrics::{Label, status_class};
use tokio::time::Instant;

use super::families::Counts;

/// A request that is counted when this is dropped.
pub(crate) struct Asked<'a> {
    counts: &'a Counts,
    begun: Instant,
    function: Label,
    status: &'static str,
}

impl<'a> Asked<'a> {
    /// Of which nothing is known yet.
    pub(crate) fn new(counts: &'a Counts) -> Self {
        Self {
            counts,
            begun: Instant::now(),
            function: "none".into(),
            status: "gone",
        }
    }

    /// `function` answers it.
    pub(crate) fn leads_to(&mut self, function: Label) {
        self.function = function;
    }

    /// It has been answered so.
    pub(crate) fn answered(mut self, status: StatusCode) {
        self.status = status_class(status.as_u16());
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
