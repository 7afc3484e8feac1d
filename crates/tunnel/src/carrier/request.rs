//! A request on its way: what each step needs, and how it stops.

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Response, Uri};
use hyper::body::Incoming;
use listener::Ending;
use tokio_util::task::TaskTracker;
use traces::Trace;
use verdict::{Fault, Open, Rules};

use super::account::Account;
use crate::decision::{Connect, respond};
use crate::desk::{Desk, Undecided};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::log;
use crate::pool::Lease;
use crate::relay::Body;
use crate::shared::Shared;

/// Everything that one request needs.
pub(crate) struct Carrier {
    pub(crate) kind: Kind,
    pub(crate) shared: Arc<Shared>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) open: Open,
    pub(crate) uri: Uri,
    pub(crate) client: SocketAddr,
    pub(crate) trace: Trace,
    pub(crate) ending: Ending,
    pub(crate) tracker: TaskTracker,
}

/// Why a client does not get the server's answer.
pub(super) enum Stopped {
    /// The server gave no answer.
    Fault(Fault),
    /// The component answers instead and has written the log line.
    Answered(Response<Body>),
    /// The component gives no decision, or a forbidden one.
    Failed(Failure),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What holds for one request on its way.
pub(super) struct Errand<'a> {
    pub(super) carrier: &'a Carrier,
    pub(super) account: &'a mut Account,
    pub(super) rules: &'a Rules,
    pub(super) connect: Box<Connect>,
}

/// The head of an answer and the source of its body.
pub(super) struct Answer {
    pub(super) response: Response<Incoming>,
    pub(super) lease: Lease,
    /// The decision under which it was requested.
    pub(super) connect: Box<Connect>,
}

impl Carrier {
    /// The component gives no decision.
    pub(super) fn undecided(&self, undecided: &Undecided) -> Failure {
        let failure = match undecided.is_busy {
            true => Failure::busy_component(),
            false => Failure::no_component(),
        };
        self.log_failure("the component", &undecided.why, &failure);
        failure
    }

    /// A request without an answer from the component may not go on: its client gets this.
    pub(super) fn instead(&self, answer: Option<verdict::Answer>) -> Stopped {
        let missing = || "says nothing to the client".to_owned();
        match answer.ok_or_else(missing).and_then(respond) {
            Ok(answer) => Stopped::Answered(answer),
            Err(what) => {
                let why = format!("its answer {what}");
                Stopped::Failed(self.undecided(&why.into()))
            }
        }
    }

    pub(super) fn log_failure(&self, with: &str, why: &str, failure: &Failure) {
        log::failed(self.client, with, why, failure);
    }
}
