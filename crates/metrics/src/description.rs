//! A metric, as it is documented.

use prometheus_client::metrics::MetricType;

/// A metric, as it is documented.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Description {
    /// As a query has it; a histogram's has `_bucket`, `_sum` and `_count` behind it.
    pub name: &'static str,
    /// The names of its labels.
    pub labels: Vec<&'static str>,
    /// What it counts.
    pub help: &'static str,
    pub(crate) kind: MetricType,
}

impl Description {
    pub(crate) fn new(name: &'static str, kind: MetricType, help: &'static str) -> Self {
        Self {
            name,
            labels: Vec::new(),
            help,
            kind,
        }
    }

    /// `counter`, `gauge` or `histogram`.
    pub fn kind(&self) -> &str {
        self.kind.as_str()
    }
}
