//! One request to upgrade, from its first byte to its report.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use listener::{Held, Share};
use metrics::Held as Counted;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use traces::Trace;
use verdict::{Closed, Open, Outcome};

use crate::counts::Upgrade;
use crate::decision::{Connect, Decision};
use crate::desk::{Desk, Undecided};
use crate::extended::Extended;
use crate::failure::{Failure, closing};
use crate::kind::Kind;
use crate::leash::{self, Pulled};
use crate::log;
use crate::relay::{self, Body};
use crate::shared::Shared;
use crate::ticket::Ticket;
use crate::traffic::{Carried, Traffic};
use crate::upstream::{self, Opened, Upstream};
use crate::websocket::Frames;

/// Everything that one request needs.
pub(crate) struct Passage {
    pub(crate) kind: Kind,
    pub(crate) shared: Arc<Shared>,
    pub(crate) desk: Desk,
    pub(crate) open: Open,
    pub(crate) client: SocketAddr,
    /// The trace of the request.
    pub(crate) trace: Trace,
    /// The client's connection, available once it has the head of a 101.
    pub(crate) upgrade: OnUpgrade,
    /// Set if the connection is a stream of HTTP/2.
    pub(crate) extended: Option<Extended>,
    /// Keeps that stream's connection open.
    pub(crate) held: Option<Held>,
    /// The protocol that the client asks for.
    pub(crate) protocol: HeaderValue,
    /// The place within the limit of connections, within the client's share of it, and the count of open ones.
    pub(crate) place: (OwnedSemaphorePermit, Option<Share>, Counted),
}

/// What is to be reported of a request, as far as it is known yet.
#[derive(Default)]
struct Report {
    /// The status of the answer.
    status: Option<StatusCode>,
    /// How it ended. If nothing is said, by its status.
    outcome: Option<Outcome>,
}

/// How long the closing handshake may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// Delivers the client's answer. It is closed when the client has gone.
type Reply = oneshot::Sender<Response<Body>>;

impl Passage {
    /// Asks the component and carries out its decision. This continues when the client goes away, since what
    /// the component has opened must be closed.
    pub(crate) async fn run(self, reply: Reply) {
        let limit = self.shared.limits.decision;
        let decided = tokio::select! {
            decided = timeout(limit, self.desk.open(&self.open)) => decided,
            () = self.shared.stop.cancelled() => {
                return self.shared.counts.upgrade(self.kind, Upgrade::Refused);
            }
        };
        let decided = decided.unwrap_or_else(|_| Err(Undecided::late()));
        // Sending fails if the client no longer waits.
        match decided {
            Ok(Decision::Connect(decision)) => self.connect(&decision, reply).await,
            Ok(Decision::Answer(answer)) => {
                self.shared.counts.upgrade(self.kind, Upgrade::Answered);
                let _ = reply.send(closing(answer));
            }
            Err(undecided) => {
                self.shared.counts.upgrade(self.kind, Upgrade::NoComponent);
                let failure = Failure::no_component();
                self.log_failure("the component", &undecided.why, &failure);
                let _ = reply.send(failure.response(self.kind));
            }
        }
    }

    async fn connect(mut self, decision: &Connect, reply: Reply) {
        if decision.is_known {
            // From here on the component counts what the person asks for.
            self.place.1 = None;
        }
        let (kind, shared, desk) = (self.kind, self.shared.clone(), self.desk.clone());
        let client = self.client.to_string();
        let (traffic, leaving) = (Traffic::new(&shared.counts), CancellationToken::new());
        let ticket = Arc::new(Ticket::new(
            &decision.ticket,
            true,
            decision.together.clone(),
        ));
        let mut report = Report::default();
        let (pulled, is_cut) = {
            let conversing = self.converse(decision, reply, &traffic, &mut report, &leaving);
            let mut conversing = pin!(conversing);
            tokio::select! {
                () = conversing.as_mut() => (None, false),
                pulled = leash::pulled(&desk, &shared.rounds, &ticket, &shared.limits, &shared.stop) => {
                    log_end(&client, pulled.as_str());
                    match pulled {
                        Pulled::Shutdown => {
                            leaving.cancel();
                            // What is not finished by then is cut.
                            (Some(pulled), timeout(FAREWELL, conversing).await.is_err())
                        }
                        _ => (Some(pulled), true),
                    }
                }
            }
        };
        if let Some(pulled) = pulled {
            report.outcome = Some(pulled.outcome());
            // What has ended by itself has counted how.
            match report.status {
                _ if !is_cut => {}
                Some(StatusCode::SWITCHING_PROTOCOLS) => shared.counts.ended(pulled.word()),
                Some(_) => {}
                None => shared.counts.upgrade(kind, Upgrade::Refused),
            }
        }
        let closed = Closed {
            ticket: ticket.text(),
            status: report.status.map(|status| status.as_u16()),
            sent: traffic.sent(),
            received: traffic.received(),
            milliseconds: traffic.milliseconds(),
            outcome: report.outcome,
        };
        desk.report(closed, &client).await;
    }

    /// Carries the conversation between client and origin until one of them ends it. The place is free before
    /// the report.
    async fn converse(
        self,
        decision: &Connect,
        mut reply: Reply,
        traffic: &Traffic,
        report: &mut Report,
        leaving: &CancellationToken,
    ) {
        let limits = &self.shared.limits;
        let counts = &self.shared.counts;
        let opened = tokio::select! {
            opened = self.open_accepted(decision) => opened,
            () = reply.closed() => return counts.upgrade(self.kind, Upgrade::Gone),
            () = leaving.cancelled() => return counts.upgrade(self.kind, Upgrade::Refused),
        };
        match opened {
            Ok(Opened::Answered(answer)) => {
                report.status = Some(answer.status());
                counts.upgrade(self.kind, Upgrade::Answered);
                let _ = reply.send(closing(answer));
            }
            Ok(Opened::Upstream(Upstream::Switched(head, origin))) => {
                report.status = Some(StatusCode::SWITCHING_PROTOCOLS);
                if let Some(extended) = &self.extended
                    && !extended.is_accepted(&head)
                {
                    let failure = Failure::no_origin(self.kind);
                    let why = "it did not answer to the key of the WebSocket";
                    self.log_failure(&decision.origin.to_string(), why, &failure);
                    counts.upgrade(self.kind, Upgrade::NoOrigin);
                    let _ = reply.send(failure.response(self.kind));
                    return;
                }
                let frames = is_websocket(&head).then(Frames::default);
                if reply.send(self.switched(decision, head)).is_err() {
                    return counts.upgrade(self.kind, Upgrade::Gone);
                }
                counts.upgrade(self.kind, Upgrade::Opened);
                report.outcome = self.carry(origin, frames, traffic, leaving).await;
            }
            Ok(Opened::Upstream(Upstream::Refused(mut response, connection))) => {
                report.status = Some(response.status());
                counts.upgrade(self.kind, Upgrade::Declined);
                // Over HTTP/2 a 2xx would say that the WebSocket is there (RFC 8441, section 4).
                if self.extended.is_some() && response.status().is_success() {
                    let failure = Failure::no_websocket(self.kind);
                    let _ = reply.send(failure.response(self.kind));
                    return;
                }
                decision.lead_back(response.headers_mut());
                stream(response, reply, traffic, limits.idle).await;
                drop(connection);
            }
            Err(failure) => {
                counts.upgrade(self.kind, Upgrade::NoOrigin);
                let _ = reply.send(failure.response(self.kind));
            }
        }
    }

    /// Sends the request on, as `decision` says.
    pub(crate) async fn open_upstream(&self, decision: &Connect) -> Result<Upstream, Failure> {
        let origin = &decision.origin;
        let Some(host) = self.shared.host(self.kind, origin) else {
            let failure = Failure::foreign_origin(self.kind);
            let why = "it is none of the tunnel's origins";
            self.log_failure(&origin.to_string(), why, &failure);
            return Err(failure);
        };
        let limits = &self.shared.limits;
        let call = origin.call(&decision.forward.method, decision.forward.target.path());
        let span = self.trace.call(&call);
        let opened = upstream::open(self.kind, decision, &self.protocol, host, limits, &span).await;
        match &opened {
            Ok(upstream) => span.answered(upstream.status()),
            Err(_) => span.failed("failed"),
        }
        opened.map_err(|unanswered| {
            let failure = unanswered.failure;
            self.log_failure(&origin.to_string(), &unanswered.detail, &failure);
            failure
        })
    }

    /// Carries what the client and the origin say after a 101. Gives how it ended, if neither of them has ended
    /// it.
    async fn carry(
        self,
        origin: Upgraded,
        frames: Option<Frames>,
        traffic: &Traffic,
        leaving: &CancellationToken,
    ) -> Option<Outcome> {
        let idle = self.shared.limits.idle;
        let carried = match self.upgrade.await {
            Ok(client) => {
                let (client, origin) = (TokioIo::new(client), TokioIo::new(origin));
                traffic.carry(client, origin, frames, idle, leaving).await
            }
            // The client has gone, and is not upgraded.
            Err(_) => Carried::Closed,
        };
        if carried == Carried::Idle {
            log_end(&self.client.to_string(), "idle limit");
        }
        self.shared.counts.ended(carried.word());
        drop((self.place, self.held));
        (carried != Carried::Closed).then_some(Outcome::CutOff)
    }

    /// The head of the 101 for the client.
    fn switched(&self, decision: &Connect, head: HeaderMap) -> Response<Body> {
        let mut response = switched(decision, head);
        if self.extended.is_some() {
            *response.status_mut() = StatusCode::OK;
            Extended::answer(response.headers_mut());
        }
        response
    }

    pub(crate) fn log_failure(&self, with: &str, why: &str, failure: &Failure) {
        log::failed(self.client, with, why, failure);
    }
}

/// Whether the other protocol is WebSocket.
fn is_websocket(head: &HeaderMap) -> bool {
    let protocol = head.get(header::UPGRADE);
    protocol.is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// The same over HTTP/1.1.
fn switched(decision: &Connect, mut head: HeaderMap) -> Response<Body> {
    let protocol = head.get(header::UPGRADE).cloned();
    decision.lead_back(&mut head);
    head.remove(header::CONTENT_LENGTH);
    head.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Some(protocol) = protocol {
        head.insert(header::UPGRADE, protocol);
    }
    let mut response = Response::new(relay::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *response.headers_mut() = head;
    response
}

/// Streams a response until it ends, the client goes, or nothing moves for `idle`. The client's connection is
/// closed afterwards: it was not upgraded, and bytes after the client's head must not be read as another
/// request.
async fn stream(response: Response<Incoming>, reply: Reply, traffic: &Traffic, idle: Duration) {
    let (mut head, mut body) = response.into_parts();
    let close = HeaderValue::from_static("close");
    head.headers.insert(header::CONNECTION, close);
    let (source, relayed) = relay::relayed();
    if reply.send(Response::from_parts(head, relayed)).is_err() {
        return;
    }
    loop {
        let frame = tokio::select! {
            frame = timeout(idle, body.frame()) => frame,
            () = source.unwanted() => return,
        };
        match frame {
            Ok(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, |data| data.len());
                if !matches!(timeout(idle, source.send(frame)).await, Ok(true)) {
                    return;
                }
                traffic.add_received(bytes);
            }
            Ok(None) => return source.end().await,
            // The origin's body was cut, or was silent for too long; so the client's body is cut too.
            Ok(Some(Err(_))) | Err(_) => return,
        }
    }
}

fn log_end(client: &str, why: &str) {
    log::event(
        "tunnel_ended",
        [("client", json!(client)), ("detail", json!(why))],
    );
}
