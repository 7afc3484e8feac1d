//! The counts of a listener.

use metrics::{Counter, Family, Gauge, NO_LABELS, Registry};

use crate::Limits;

/// The connections of one listener, and their requests. Copies share the counts.
#[derive(Clone, Debug)]
pub struct Counts {
    accepted: Family<Counter, 0>,
    refused: Family<Counter, 1>,
    connections: Family<Gauge, 0>,
    limit: Family<Gauge, 0>,
    requests: Family<Gauge, 0>,
}

impl Counts {
    /// New counts for a listener with these limits.
    pub fn new(limits: &Limits) -> Self {
        let this = Self {
            accepted: Family::counters(NO_LABELS).with([NO_LABELS]),
            refused: Family::counters(["limit"]).with(["all", "client"].map(|limit| [limit])),
            connections: Family::gauges(NO_LABELS),
            limit: Family::gauges(NO_LABELS),
            requests: Family::gauges(NO_LABELS),
        };
        this.limit.of(NO_LABELS).set(limits.connections.into());
        this
    }

    /// Registers the counts under their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "aks_oauth_proxy_connections_accepted_total",
            "Connections that were accepted",
            &self.accepted,
        );
        registry.register(
            "aks_oauth_proxy_connections_refused_total",
            "Connections that were closed at once, by the limit that they would have exceeded: of all, or \
             of one client address",
            &self.refused,
        );
        registry.register(
            "aks_oauth_proxy_connections",
            "Connections that are open, upgraded ones not counted",
            &self.connections,
        );
        registry.register(
            "aks_oauth_proxy_connections_limit",
            "How many connections may be open (--max-connections)",
            &self.limit,
        );
        registry.register(
            "aks_oauth_proxy_requests_in_flight",
            "Requests whose answer has not been read to its end yet, watches among them",
            &self.requests,
        );
    }

    pub(crate) fn accepted(&self) {
        self.accepted.add(NO_LABELS);
    }

    /// By which limit: `all` or `client`.
    pub(crate) fn refused(&self, limit: &'static str) {
        self.refused.add([limit]);
    }

    /// How many connections are open.
    pub(crate) fn connections(&self) -> Gauge {
        self.connections.of(NO_LABELS)
    }

    /// How many requests are in flight.
    pub(crate) fn requests(&self) -> Gauge {
        self.requests.of(NO_LABELS)
    }
}
