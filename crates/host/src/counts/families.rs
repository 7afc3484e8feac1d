//! The metric families.

use std::time::Duration;

use metrics::{Counter, Family, Gauge, Held, Histogram, Label, NO_LABELS, Registry};
use tokio::time::Instant;
use traces::Trace;

use super::ends::Ends;
use super::events;
use crate::key_value::Backend;
use crate::places::Full;

/// The counts of one application. Copies share them.
#[derive(Clone, Debug)]
pub struct Counts {
    pub(super) requests: Family<Counter, 2>,
    pub(super) durations: Family<Histogram, 1>,
    instances: Family<Gauge, 0>,
    limit: Family<Gauge, 0>,
    refused: Family<Counter, 1>,
    failed: Family<Counter, 1>,
    store: Family<Counter, 3>,
    store_durations: Family<Histogram, 2>,
    outbound: Family<Counter, 2>,
    outbound_durations: Family<Histogram, 1>,
    events: Family<Counter, 2>,
    ends: Ends,
}

impl Counts {
    /// New counts for at most `max_instances` instances.
    pub fn new(max_instances: u32) -> Self {
        let refused = ["all", "client"].map(|limit| [limit]);
        let failed = ["trap", "late_trap", "overdue"].map(|reason| [reason]);
        let this = Self {
            requests: Family::counters(["function", "status"]),
            durations: Family::durations(["function"]),
            instances: Family::gauges(NO_LABELS),
            limit: Family::gauges(NO_LABELS),
            refused: Family::counters(["limit"]).with(refused),
            failed: Family::counters(["reason"]).with(failed),
            store: Family::counters(["store", "operation", "result"]),
            store_durations: Family::durations(["store", "operation"]),
            outbound: Family::counters(["target", "result"]),
            outbound_durations: Family::durations(["target"]),
            events: Family::counters(["event", "outcome"]).with(events::from_the_start()),
            ends: Ends::default(),
        };
        this.limit.of(NO_LABELS).set(max_instances.into());
        this.instances.of(NO_LABELS);
        this
    }

    /// Registers the counts under their names.
    pub fn register(&self, registry: &mut Registry) {
        self.register_requests(registry);
        registry.register(
            "aks_oauth_proxy_store_operations_total",
            "Operations of the session store, by its kind (sqlite, redis) and whether they succeeded (ok, \
             error)",
            &self.store,
        );
        registry.register(
            "aks_oauth_proxy_store_operation_duration_seconds",
            "How long operations of the session store took",
            &self.store_durations,
        );
        registry.register(
            "aks_oauth_proxy_outbound_requests_total",
            "Calls of Entra, Graph, sidecar and API server, by the setting that names the origin and by \
             the class of the answer's status; timeout, failed (no connection, or cut) and not_granted \
             where there was none",
            &self.outbound,
        );
        registry.register(
            "aks_oauth_proxy_outbound_request_duration_seconds",
            "How long calls took, to the head of the answer",
            &self.outbound_durations,
        );
        registry.register(
            "aks_oauth_proxy_events_total",
            "Lines that the component has logged, by event and outcome: sign-ins, refreshes, refusals and \
             all others",
            &self.events,
        );
    }

    fn register_requests(&self, registry: &mut Registry) {
        registry.register(
            "aks_oauth_proxy_requests_total",
            "Requests, by function and class of the answer's status; gone where the client went before \
             the answer came. The function none is the host itself",
            &self.requests,
        );
        registry.register(
            "aks_oauth_proxy_request_duration_seconds",
            "How long requests took, to the head of the answer",
            &self.durations,
        );
        registry.register(
            "aks_oauth_proxy_instances",
            "Instances of components that live: one for each request that they answer or decide on",
            &self.instances,
        );
        registry.register(
            "aks_oauth_proxy_instances_limit",
            "How many instances there may be (--max-instances)",
            &self.limit,
        );
        registry.register(
            "aks_oauth_proxy_instances_refused_total",
            "Requests for which there was no instance, by the limit that they would have exceeded: of all, \
             or of one client address",
            &self.refused,
        );
        registry.register(
            "aks_oauth_proxy_instances_failed_total",
            "Instances that trapped (trap), trapped after their answer (late_trap), or were ended since \
             they went on for nobody (overdue)",
            &self.failed,
        );
    }

    /// Counts one more instance.
    pub(crate) fn instance(&self) -> Held {
        Held::new(&self.instances.of(NO_LABELS))
    }

    /// Counts a request without a place.
    pub(crate) fn refused(&self, full: Full) {
        self.refused.add([match full {
            Full::All => "all",
            Full::Client => "client",
        }]);
    }

    /// Counts an instance that has failed: `trap`, `late_trap` or `overdue`.
    pub(crate) fn failed(&self, reason: &'static str) {
        self.failed.add([reason]);
    }

    /// Runs `operation` on the named `store`, for the request of `trace`.
    pub(crate) async fn operation<T>(
        &self,
        trace: &Trace,
        store: &Backend,
        name: &'static str,
        operation: impl Future<Output = Result<T, String>>,
    ) -> Result<T, String> {
        let store = match store {
            Backend::Redis(_) => "redis",
            Backend::Sqlite(_) => "sqlite",
        };
        let (begun, span) = (Instant::now(), trace.operation(store, name));
        let done = operation.await;
        match done {
            Ok(_) => span.done(),
            Err(_) => span.failed("error"),
        }
        let result = if done.is_ok() { "ok" } else { "error" };
        self.store.add([store, name, result]);
        self.store_durations.observe([store, name], begun.elapsed());
        done
    }

    /// Counts a call of `target` and its duration. `result` is a class of statuses, `timeout` or `failed`.
    pub(crate) fn called(&self, target: &Label, result: &'static str, lasted: Duration) {
        self.outbound.add([target.clone(), result.into()]);
        self.outbound_durations.observe([target.clone()], lasted);
    }

    /// Counts a call that was not granted.
    pub(crate) fn not_granted(&self) {
        self.outbound.add(["other", "not_granted"]);
    }

    /// Calls `tell` when a user has signed out or lost a credential.
    pub(crate) fn tell_of_ends(&self, tell: impl Fn() + Send + Sync + 'static) {
        self.ends.tell(Box::new(tell));
    }

    /// Reads what a component has logged, for the request of `trace`.
    pub(crate) fn logged(&self, text: &[u8], trace: &Trace) {
        for line in text.split(|byte| *byte == b'\n') {
            if let Some(labels) = events::labels(line) {
                self.events.add(labels);
                let [event, _] = labels;
                self.ends.logged(event);
                if trace.is_kept() {
                    let [event, outcome] = labels;
                    trace.event(event, outcome);
                    trace.found_by(&events::request_id(line));
                }
            }
        }
    }
}
