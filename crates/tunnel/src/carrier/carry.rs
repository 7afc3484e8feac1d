//! One request, from its head to the head of the answer.

use std::sync::Arc;

use http::{Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use listener::Resumable;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use verdict::{Events, Failed, Fault, Outcome, Rules, Stage, Writing};

use super::account::{Account, Asked, Place};
use super::download::{Download, Looking};
use super::request::{Answer, Carrier, Errand, Stopped};
use crate::decision::{Connect, Decision};
use crate::desk::{Desk, Undecided};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::relay::Body;
use crate::ticket::Ticket;

impl Carrier {
    /// Answers the request with this `body`, which has this `place`. Dropping the future before the answer
    /// means that the client has gone.
    pub(crate) async fn run(self, body: Incoming, place: Place) -> Response<Body> {
        let (connect, rules, mut account) = match self.decided(place).await {
            Ok(Opened::Carried(connect, rules, account)) => (connect, rules, *account),
            Ok(Opened::Answered(answer)) => return answer,
            Err(undecided) => return self.undecided(&undecided).kept_response(self.kind),
        };
        let errand = Errand {
            carrier: &self,
            account: &mut account,
            rules: &rules,
            connect,
        };
        match errand.run(body).await {
            Ok(answer) => self.lead_back(answer, account, &rules),
            Err(stopped) => self.stopped(stopped, account).await,
        }
    }

    /// Asks the component for a decision. The question is asked to the end even if the client goes: what the
    /// component opens must be closed.
    async fn decided(&self, place: Place) -> Result<Opened, Undecided> {
        let (desk, open) = (self.desk.clone(), self.open.clone());
        let limit = self.shared.limits.decision;
        let asked = Asked {
            client: self.client,
            begun: Instant::now(),
            tracker: self.tracker.clone(),
            place,
        };
        let (reply, decided) = oneshot::channel();
        self.tracker.spawn(async move {
            let decided = timeout(limit, desk.open(&open)).await;
            let decided = decided.unwrap_or_else(|_| Err(Undecided::late()));
            let opened = decided.and_then(|decision| Opened::of(decision, desk, asked));
            // If nobody waits for it any more, dropping `opened` closes it.
            let _ = reply.send(opened);
        });
        // The task ends without an answer only if it is aborted.
        let given_up = |_| Err("it was given up".into());
        decided.await.unwrap_or_else(given_up)
    }

    /// The answer as the client gets it.
    fn lead_back(&self, answer: Answer, mut account: Account, rules: &Rules) -> Response<Body> {
        let Answer {
            response,
            lease,
            connect,
        } = answer;
        let (head, body) = response.into_parts();
        let mut headers = head.headers;
        if headers.contains_key(header::TRANSFER_ENCODING) {
            // `Transfer-Encoding` overrides it (RFC 9112, section 6.3).
            headers.remove(header::CONTENT_LENGTH);
        }
        connect.lead_back(&mut headers);
        account.status = Some(head.status.as_u16());
        let mut response = Response::new(());
        *response.status_mut() = head.status;
        *response.headers_mut() = headers;
        let writing = rules.events.then(|| Writing::of(&response)).flatten();
        let events = Events::of(&self.uri, &response);
        let stage = match writing {
            Some(writing) => Stage::Events(writing),
            None if head.status == StatusCode::UNAUTHORIZED => Stage::Refused,
            None => Stage::Answered,
        };
        let desk = self.desk.clone();
        let looking = Looking {
            rounds: self.shared.rounds.clone(),
            desk,
            times: rules.looks.clone(),
            stage,
        };
        let download = Download::begin(body, lease, account, looking);
        response.map(|()| match events {
            Some(events) => Resumable::new(download, events, &self.ending).boxed_unsync(),
            None => download.boxed_unsync(),
        })
    }

    /// The answer that the client gets instead of the server's.
    async fn stopped(&self, stopped: Stopped, mut account: Account) -> Response<Body> {
        let fault = match stopped {
            Stopped::Answered(answer) => {
                account.is_told();
                return answer;
            }
            Stopped::Failed(failure) => {
                account.ends(Outcome::CutOff);
                return failure.kept_response(self.kind);
            }
            Stopped::Fault(fault) => fault,
        };
        match self.failed(fault.clone(), account).await {
            Ok(answer) => answer,
            Err(undecided) => {
                self.undecided(&undecided);
                failure_of(self.kind, &fault).kept_response(self.kind)
            }
        }
    }

    /// Asks the component about a fault. The question is asked to the end even if the client goes: the
    /// component writes the log line.
    async fn failed(
        &self,
        fault: Fault,
        mut account: Account,
    ) -> Result<Response<Body>, Undecided> {
        let (desk, limit) = (self.desk.clone(), self.shared.limits.decision);
        let ticket = account.ticket.text();
        let asked = self.tracker.spawn(async move {
            let decided = timeout(limit, desk.failed(Failed { ticket, fault })).await;
            match decided.unwrap_or_else(|_| Err(Undecided::late())) {
                Ok(Decision::Answer(answer)) => {
                    account.is_closed();
                    Ok(answer)
                }
                other => {
                    account.ends(Outcome::CutOff);
                    let why = "it decides to carry what has failed";
                    Err(other.err().unwrap_or_else(|| why.into()))
                }
            }
        });
        let given_up = |_| Err("it was given up".into());
        asked.await.unwrap_or_else(given_up)
    }
}

/// What the component has decided.
enum Opened {
    Carried(Box<Connect>, Box<Rules>, Box<Account>),
    Answered(Response<Body>),
}

impl Opened {
    fn of(decision: Decision, desk: Arc<Desk>, mut asked: Asked) -> Result<Self, Undecided> {
        let mut connect = match decision {
            Decision::Answer(answer) => return Ok(Self::Answered(answer)),
            Decision::Connect(connect) => connect,
        };
        let Some(plain) = connect.plain.take() else {
            return Err("its decision is about an upgrade".into());
        };
        if connect.is_known {
            // From here on the component counts what the person asks for.
            asked.place.1 = None;
        }
        let ticket = Ticket::new(&connect.ticket, plain.holds_place, connect.together.take());
        let account = Account::open(desk, ticket, plain.audit, asked);
        let rules = Box::new(plain.rules);
        Ok(Self::Carried(connect, rules, Box::new(account)))
    }
}

/// The answer to a fault about which the component says nothing.
fn failure_of(kind: Kind, fault: &Fault) -> Failure {
    match fault {
        Fault::BodyTooLong => Failure::bad_request("the body of the request is too long"),
        Fault::BodyCutOff => Failure::bad_request("the body of the request did not arrive whole"),
        Fault::Unreachable(_) => Failure::no_origin(kind),
        Fault::Silent => Failure::silent_origin(kind),
    }
}
