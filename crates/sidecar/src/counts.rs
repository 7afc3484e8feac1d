//! The counts of a sidecar.

use metrics::{Counter, Family, Gauge, Held, NO_LABELS, Registry};

/// The outcomes of kubelogin's runs. A run without a token has its reason; `ended` is a run that was ended or
/// timed out.
const OUTCOMES: [&str; 9] = [
    "succeeded",
    "expired",
    "declined",
    "refused",
    "unreachable",
    "missing",
    "nonsense",
    "failed",
    "ended",
];

/// The counts of one sidecar. Copies share them.
#[derive(Clone, Debug)]
pub struct Counts {
    tokens: Family<Counter, 2>,
    refused: Family<Counter, 1>,
    running: Family<Gauge, 0>,
    queued: Family<Gauge, 0>,
    finished: Family<Counter, 1>,
}

impl Default for Counts {
    fn default() -> Self {
        Self::new()
    }
}

impl Counts {
    /// New counts.
    pub fn new() -> Self {
        let tokens = ["federated", "service_account"];
        let tokens = tokens.map(|kind| [[kind, "ok"], [kind, "unavailable"]]);
        let this = Self {
            tokens: Family::counters(["kind", "result"]).with(tokens.into_iter().flatten()),
            refused: Family::counters(["reason"]).with([["unauthorized"], ["too-many-jobs"]]),
            running: Family::gauges(NO_LABELS),
            queued: Family::gauges(NO_LABELS),
            finished: Family::counters(["outcome"]).with(OUTCOMES.map(|outcome| [outcome])),
        };
        this.running.of(NO_LABELS);
        this.queued.of(NO_LABELS);
        this
    }

    /// Registers the counts under their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "aks_oauth_proxy_sidecar_tokens_total",
            "Tokens that the component asked for, federated or service_account, and whether they were \
             handed out (ok) or the file is of no use (unavailable)",
            &self.tokens,
        );
        registry.register(
            "aks_oauth_proxy_sidecar_refused_total",
            "Requests that the sidecar answered with a problem, by its kind, such as unauthorized and \
             too-many-jobs",
            &self.refused,
        );
        registry.register(
            "aks_oauth_proxy_kubelogin_jobs_running",
            "Runs of kubelogin, each of which waits for a user",
            &self.running,
        );
        registry.register(
            "aks_oauth_proxy_kubelogin_jobs_queued",
            "Runs of kubelogin that wait for their turn",
            &self.queued,
        );
        registry.register(
            "aks_oauth_proxy_kubelogin_jobs_finished_total",
            "Runs of kubelogin that are over, by outcome: succeeded; the reason, where they brought no token; ended, \
             where the user or the time ended them",
            &self.finished,
        );
    }

    /// Counts a request for a token of this kind, and whether there was one.
    pub(crate) fn token(&self, kind: &'static str, is_there: bool) {
        let result = if is_there { "ok" } else { "unavailable" };
        self.tokens.add([kind, result]);
    }

    /// Counts an answer with a problem of this kind.
    pub(crate) fn refused(&self, kind: &'static str) {
        self.refused.add([kind]);
    }

    /// Counts one more waiting run.
    pub(crate) fn queued(&self) -> Held {
        Held::new(&self.queued.of(NO_LABELS))
    }

    /// Counts one more active run.
    pub(crate) fn running(&self) -> Held {
        Held::new(&self.running.of(NO_LABELS))
    }

    /// A run whose outcome is counted when this is dropped.
    pub(crate) fn job(&self) -> Job {
        Job {
            finished: self.finished.clone(),
            outcome: "ended",
        }
    }
}

/// A run of kubelogin, until its end.
pub(crate) struct Job {
    finished: Family<Counter, 1>,
    outcome: &'static str,
}

impl Job {
    /// The run has ended by itself: `succeeded`, or the reason of its failure.
    pub(crate) fn finished(mut self, outcome: &'static str) {
        self.outcome = outcome;
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.finished.add([self.outcome]);
    }
}
