//! What becomes of spans.

use metrics::{Counter, Family, Registry};

/// How many spans were sent, and how many were lost. A copy counts the same ones.
#[derive(Clone, Debug)]
pub struct Counts(Family<Counter, 1>);

/// What has become of a span.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// The collector has taken it.
    Sent,
    /// The collector was away, or did not take it.
    Failed,
    /// There was no place in the queue.
    Dropped,
}

impl Counts {
    /// None yet.
    pub fn new() -> Self {
        let fates = [Fate::Sent, Fate::Failed, Fate::Dropped];
        Self(Family::counters(["result"]).with(fates.map(|fate| [fate.word()])))
    }

    /// Gives them their name.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "aks_oauth_proxy_spans_total",
            "Spans of traces, by what became of them: sent; failed (the collector was away, or refused \
             them); dropped (OTEL_BSP_MAX_QUEUE_SIZE waited already)",
            &self.0,
        );
    }

    pub(crate) fn add(&self, fate: Fate, count: usize) {
        self.0.of([fate.word()]).inc_by(count as u64);
    }
}

impl Default for Counts {
    fn default() -> Self {
        Self::new()
    }
}

impl Fate {
    fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}
