//! Metrics of one name.

use std::fmt;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::family;

use crate::{Counter, Gauge, Histogram, Label};

/// The limits of a histogram's buckets, in seconds: from a read of a store to a wait for Entra.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// The values of no labels.
pub const NO_LABELS: [&str; 0] = [];

/// Metrics of one name: one for each combination of the values of its `N` labels. A copy counts in the
/// same ones.
#[derive(Clone, Debug)]
pub struct Family<M, const N: usize> {
    pub(crate) labels: [&'static str; N],
    pub(crate) metrics: family::Family<Labels<N>, M>,
}

impl<const N: usize> Family<Counter, N> {
    /// Counters, which only go up.
    pub fn counters(labels: [&'static str; N]) -> Self {
        Self {
            labels,
            metrics: family::Family::default(),
        }
    }

    /// Counts one more of `values`.
    pub fn add(&self, values: [impl Into<Label>; N]) {
        self.metrics.get_or_create(&self.labelled(values)).inc();
    }

    /// Has each of `words` begin at zero, so that the first one is seen as an increase.
    #[must_use]
    pub fn with(self, words: impl IntoIterator<Item = [&'static str; N]>) -> Self {
        for values in words {
            self.of(values);
        }
        self
    }
}

impl<const N: usize> Family<Gauge, N> {
    /// Gauges, which go up and down.
    pub fn gauges(labels: [&'static str; N]) -> Self {
        Self {
            labels,
            metrics: family::Family::default(),
        }
    }
}

impl<const N: usize> Family<Histogram, N> {
    /// Histograms of seconds.
    pub fn durations(labels: [&'static str; N]) -> Self {
        Self {
            labels,
            metrics: family::Family::new_with_constructor(histogram as fn() -> Histogram),
        }
    }

    /// Notes how long something with these `values` has taken.
    pub fn observe(&self, values: [impl Into<Label>; N], lasted: Duration) {
        let metric = self.metrics.get_or_create(&self.labelled(values));
        metric.observe(lasted.as_secs_f64());
    }
}

impl<M: Clone, const N: usize> Family<M, N> {
    /// The one with these `values`, which is there from now on.
    pub fn of(&self, values: [impl Into<Label>; N]) -> M {
        self.metrics.get_or_create_owned(&self.labelled(values))
    }
}

impl<M, const N: usize> Family<M, N> {
    fn labelled(&self, values: [impl Into<Label>; N]) -> Labels<N> {
        Labels {
            names: self.labels,
            values: values.map(Into::into),
        }
    }
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

/// Names and values of labels.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Labels<const N: usize> {
    names: [&'static str; N],
    values: [Label; N],
}

impl<const N: usize> EncodeLabelSet for Labels<N> {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        for (name, value) in self.names.iter().zip(&self.values) {
            (*name, value.as_str()).encode(encoder.encode_label())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_name_and_a_word_are_the_same_value() {
        let counters = Family::counters(["function"]);
        counters.add(["whoami"]);
        counters.add([Arc::<str>::from("whoami")]);
        assert_eq!(counters.of(["whoami"]).get(), 2);
        assert_eq!(counters.of(["login"]).get(), 0);
    }

    #[test]
    fn a_copy_counts_in_the_same_ones() {
        let counters = Family::counters(NO_LABELS);
        counters.clone().add(NO_LABELS);
        assert_eq!(counters.of(NO_LABELS).get(), 1);
    }
}
