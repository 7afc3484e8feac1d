//! The counts of a tunnel.

use http::StatusCode;
use metrics::{Counter, Family, Gauge, Held, Histogram, NO_LABELS, Registry, status_class};
use tokio::time::Instant;

use crate::kind::Kind;

/// How a request to upgrade is answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Upgrade {
    /// With 101: the connection is carried.
    Opened,
    /// With the component's answer.
    Answered,
    /// With the origin's answer, which is no upgrade.
    Declined,
    /// By the tunnel: the request is not valid, or there are too many.
    Refused,
    /// By the tunnel: the component gives no decision.
    NoComponent,
    /// By the tunnel: the origin cannot be reached.
    NoOrigin,
    /// Not at all: the client has gone.
    Gone,
}

/// The counts of one tunnel. All copies share them.
#[derive(Clone, Debug)]
pub struct Counts {
    upgrades: Family<Counter, 2>,
    connections: Family<Gauge, 0>,
    limit: Family<Gauge, 0>,
    ended: Family<Counter, 1>,
    bytes: Family<Counter, 1>,
    looks: Family<Counter, 1>,
    requests: Family<Counter, 2>,
    request_durations: Family<Histogram, 1>,
    requests_refused: Family<Counter, 0>,
    carried: Family<Gauge, 0>,
    carried_limit: Family<Gauge, 0>,
    forwarded: Family<Counter, 1>,
    forward_durations: Family<Histogram, 0>,
}

impl Counts {
    /// New counts, with the limits of connections and of plain requests.
    pub fn new(limit: usize, requests: usize) -> Self {
        let upgrades = Kind::ALL.into_iter().flat_map(|kind| {
            let outcomes = Upgrade::ALL.into_iter();
            outcomes.map(move |outcome| [kind.word(), outcome.word()])
        });
        let this = Self {
            upgrades: Family::counters(["to", "outcome"]).with(upgrades),
            connections: Family::gauges(NO_LABELS),
            limit: Family::gauges(NO_LABELS),
            ended: Family::counters(["reason"]).with(ENDS.map(|reason| [reason])),
            bytes: Family::counters(["direction"]).with([["sent"], ["received"]]),
            looks: Family::counters(["answer"]).with([["go_on"], ["stop"], ["none"]]),
            requests: Family::counters(["to", "status"]),
            request_durations: Family::durations(["to"]),
            requests_refused: Family::counters(NO_LABELS),
            carried: Family::gauges(NO_LABELS),
            carried_limit: Family::gauges(NO_LABELS),
            forwarded: Family::counters(["status"]),
            forward_durations: Family::durations(NO_LABELS),
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        this.limit.of(NO_LABELS).set(limit);
        this.connections.of(NO_LABELS);
        let requests = i64::try_from(requests).unwrap_or(i64::MAX);
        this.carried_limit.of(NO_LABELS).set(requests);
        this.carried.of(NO_LABELS);
        this.requests_refused.of(NO_LABELS);
        this
    }

    /// Registers the counts under their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "aks_oauth_proxy_tunnel_upgrades_total",
            "Requests to upgrade, by what they are for (api_server, app), and by how they were answered: opened \
             (101), answered (as the component said), declined (as the server said), refused (by the tunnel: no such request, or too \
             many), no_component, no_origin (neither was reached), gone (the client went first)",
            &self.upgrades,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_connections",
            "Upgraded connections that are carried, or are being opened",
            &self.connections,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_connections_limit",
            "How many connections may be carried (TUNNEL_MAX_CONNECTIONS)",
            &self.limit,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_ended_total",
            "Upgraded connections that have ended: closed (by an end), idle, absolute (their limits), \
             revoked (the component said stop), unanswered (it did not say that they may go on), shutdown",
            &self.ended,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_bytes_total",
            "Bytes that were carried: sent by clients, received by them",
            &self.bytes,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_looks_total",
            "How often the component was asked whether what is carried may go on, by its answer: go_on, stop, \
             none",
            &self.looks,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_requests_total",
            "Plain requests that are carried, by what they are for (api_server, app), and by the class of the \
             answer's status; gone where the client went before the answer came",
            &self.requests,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_request_duration_seconds",
            "How long they took, to the head of the answer",
            &self.request_durations,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_requests_carried",
            "Plain requests that are carried now, watches among them",
            &self.carried,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_requests_carried_limit",
            "How many of them there may be (TUNNEL_MAX_REQUESTS)",
            &self.carried_limit,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_requests_refused_total",
            "Plain requests that would have exceeded this limit",
            &self.requests_refused,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_forwarded_total",
            "Requests that were streamed to the component, by the class of the answer's status \
             (`aks-oauth-proxy tunnel` alone)",
            &self.forwarded,
        );
        registry.register(
            "aks_oauth_proxy_tunnel_forward_duration_seconds",
            "How long forwarded requests took, to the head of the answer",
            &self.forward_durations,
        );
    }

    /// Counts a request of this `kind` to upgrade and its answer.
    pub(crate) fn upgrade(&self, kind: Kind, upgrade: Upgrade) {
        self.upgrades.add([kind.word(), upgrade.word()]);
    }

    /// Counts one more open connection.
    pub(crate) fn connection(&self) -> Held {
        Held::new(&self.connections.of(NO_LABELS))
    }

    /// Counts the end of a connection, for one of the reasons [`ENDS`].
    pub(crate) fn ended(&self, reason: &'static str) {
        self.ended.add([reason]);
    }

    /// Bytes from clients.
    pub(crate) fn sent(&self) -> Counter {
        self.bytes.of(["sent"])
    }

    /// Bytes to clients.
    pub(crate) fn received(&self) -> Counter {
        self.bytes.of(["received"])
    }

    /// Counts a look and the component's answer.
    pub(crate) fn looked(&self, answer: Option<bool>) {
        self.looks.add([match answer {
            Some(true) => "go_on",
            Some(false) => "stop",
            None => "none",
        }]);
    }

    /// Counts a plain request.
    pub(crate) fn request(&self, kind: Kind) -> Asked<'_> {
        Asked {
            counts: self,
            kind,
            begun: Instant::now(),
            status: "gone",
        }
    }

    /// Counts a plain request that was refused for want of room.
    pub(crate) fn request_refused(&self) {
        self.requests_refused.add(NO_LABELS);
    }

    /// Counts one more plain request that is carried.
    pub(crate) fn carried(&self) -> Held {
        Held::new(&self.carried.of(NO_LABELS))
    }

    /// Counts the answer to a forwarded request that began at `begun`.
    pub(crate) fn forwarded(&self, status: StatusCode, begun: Instant) {
        self.forwarded.add([status_class(status.as_u16())]);
        self.forward_durations.observe(NO_LABELS, begun.elapsed());
    }
}

/// A plain request, counted when this is dropped.
pub(crate) struct Asked<'a> {
    counts: &'a Counts,
    kind: Kind,
    begun: Instant,
    status: &'static str,
}

impl Asked<'_> {
    /// The request has been answered with this status.
    pub(crate) fn answered(mut self, status: StatusCode) {
        self.status = status_class(status.as_u16());
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let to = self.kind.word();
        self.counts.requests.add([to, self.status]);
        let lasted = self.begun.elapsed();
        self.counts.request_durations.observe([to], lasted);
    }
}

/// Why connections end.
pub(crate) const ENDS: [&str; 6] = [
    "closed",
    "idle",
    "absolute",
    "revoked",
    "unanswered",
    "shutdown",
];

impl Upgrade {
    const ALL: [Self; 7] = [
        Self::Opened,
        Self::Answered,
        Self::Declined,
        Self::Refused,
        Self::NoComponent,
        Self::NoOrigin,
        Self::Gone,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Answered => "answered",
            Self::Declined => "declined",
            Self::Refused => "refused",
            Self::NoComponent => "no_component",
            Self::NoOrigin => "no_origin",
            Self::Gone => "gone",
        }
    }
}
