//! The account of one request, which is reported when the request has ended.

use std::net::SocketAddr;
use std::sync::Arc;

use listener::Share;
use metrics::{Counter, Held};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use verdict::{Audit, Closed, Ended, Outcome};

use crate::desk::Desk;
use crate::pool::Sent;
use crate::ticket::Ticket;

/// Holds a request's place among those that are carried, and its client's share, until the request has ended.
pub(crate) type Place = (OwnedSemaphorePermit, Option<Share>, Held);

/// The outcome of a request that the component has decided to carry. Dropping it ends the request: its line
/// is written and its place is given back. Unless an outcome was set, the client has gone.
pub(super) struct Account {
    desk: Arc<Desk>,
    pub(super) ticket: Arc<Ticket>,
    audit: Audit,
    begun: Instant,
    pub(super) sent: Arc<Sent>,
    received: (u64, Counter),
    /// The status of the answer, once there is one.
    pub(super) status: Option<u16>,
    outcome: Outcome,
    /// Whether the component has written the log line.
    is_told: bool,
    client: SocketAddr,
    tracker: TaskTracker,
    /// Keeps the tunnel running until the request has ended and is reported.
    _token: TaskTrackerToken,
    _place: Place,
}

/// Whose request it is, and since when.
pub(super) struct Asked {
    pub(super) client: SocketAddr,
    pub(super) begun: Instant,
    pub(super) tracker: TaskTracker,
    pub(super) place: Place,
}

impl Account {
    pub(super) fn open(desk: Arc<Desk>, ticket: Ticket, audit: Audit, asked: Asked) -> Self {
        let received = (0, desk.counts.received());
        Self {
            desk,
            ticket: Arc::new(ticket),
            audit,
            begun: asked.begun,
            sent: Arc::default(),
            received,
            status: None,
            outcome: Outcome::ClientGone,
            is_told: false,
            client: asked.client,
            _token: asked.tracker.token(),
            tracker: asked.tracker,
            _place: asked.place,
        }
    }

    /// More of the answer has come.
    pub(super) fn receives(&mut self, bytes: usize) {
        self.received.0 += bytes as u64;
        self.received.1.inc_by(bytes as u64);
    }

    /// The request ends with this outcome.
    pub(super) fn ends(&mut self, outcome: Outcome) {
        self.outcome = outcome;
    }

    /// The component has answered and has written the log line.
    pub(super) fn is_told(&mut self) {
        self.is_told = true;
    }

    /// Like [`Self::is_told`]; the component has also given the place back.
    pub(super) fn is_closed(&mut self) {
        self.is_told();
        self.ticket.is_free();
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn write(&mut self) {
        self.audit.ended(&Ended {
            outcome: self.outcome,
            status: self.status,
            sent: self.sent.bytes(),
            received: self.received.0,
        });
        self.audit.milliseconds = self.milliseconds();
        self.desk.write(&self.audit);
    }

    fn give_back(&self) {
        let closed = Closed {
            ticket: self.ticket.text(),
            status: self.status,
            sent: self.sent.bytes(),
            received: self.received.0,
            milliseconds: self.milliseconds(),
            outcome: Some(self.outcome),
        };
        let (desk, client) = (self.desk.clone(), self.client.to_string());
        // Without a runtime the process is ending, and the place expires within a minute.
        if Handle::try_current().is_ok() {
            self.tracker
                .spawn(async move { desk.report(closed, &client).await });
        }
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.desk.counts.sent().inc_by(self.sent.bytes());
        if !self.is_told {
            self.write();
        }
        if self.ticket.holds_place() {
            self.give_back();
        }
    }
}
