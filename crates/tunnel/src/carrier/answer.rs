//! The answer that the client gets: the server's first answer, or one to a repeated request.

use std::mem;
use std::time::Duration;

use http::{Response, StatusCode, header};
use hyper::body::Incoming;
use tokio::time::{sleep, timeout};
use verdict::{Fault, QUESTIONS, Refused, Stage};

use super::request::{Answer, Errand, Stopped};
use crate::decision::{Connect, Decision};
use crate::desk::Undecided;
use crate::failure::Failure;
use crate::kind::Kind;
use crate::pool::{self, Kept, Lease, Outgoing, Payload, Sent};
use crate::refused::challenges;

impl Errand<'_> {
    /// The server's answer, after all that is decided about it.
    pub(super) async fn run(mut self, body: Incoming) -> Result<Answer, Stopped> {
        match self.payload(body).await? {
            Payload::Whole(kept) => self.answer_to_kept(kept).await,
            upload => self.answer_to(upload).await,
        }
    }

    async fn answer_to_kept(mut self, kept: Kept) -> Result<Answer, Stopped> {
        for _ in 0..QUESTIONS {
            let (response, lease) = self.send(Payload::Whole(kept.clone())).await?;
            match self.again(&response, true).await? {
                Some(connect) => self.connect = connect,
                None => return Ok(self.answered(response, lease)),
            }
        }
        let (response, lease) = self.send(Payload::Whole(kept)).await?;
        Ok(self.answered(response, lease))
    }

    async fn answer_to(mut self, upload: Payload) -> Result<Answer, Stopped> {
        let (response, lease) = self.send(upload).await?;
        match self.again(&response, false).await? {
            None => Ok(self.answered(response, lease)),
            Some(_) => {
                let why = "it wants a request sent again of which nothing is left";
                Err(Stopped::Failed(self.carrier.undecided(&why.into())))
            }
        }
    }

    fn answered(self, response: Response<Incoming>, lease: Lease) -> Answer {
        Answer {
            response,
            lease,
            connect: self.connect,
        }
    }

    /// Decides what follows from `response`: the request is sent once more, or the client gets this answer.
    async fn again(
        &mut self,
        response: &Response<Incoming>,
        again: bool,
    ) -> Result<Option<Box<Connect>>, Stopped> {
        let status = response.status().as_u16();
        if !self.connect.forward.asks_again.contains(&status) {
            return Ok(None);
        }
        let carrier = self.carrier;
        let refused = Refused {
            ticket: self.account.ticket.text(),
            open: carrier.open.clone(),
            challenges: challenges(response.headers()),
            again,
        };
        let desk = carrier.desk.clone();
        let limit = carrier.shared.limits.decision;
        // The question is asked to the end even if this client goes: the token is renewed for all.
        let asked = carrier
            .tracker
            .spawn(async move { timeout(limit, desk.refused(refused)).await });
        let late = |_| Err(Undecided::late());
        let decided = asked.await.unwrap_or_else(|_| Ok(late(())));
        match decided.unwrap_or_else(|_| late(())) {
            Ok(None) => Ok(None),
            Ok(Some(Decision::Answer(answer))) => Err(Stopped::Answered(answer)),
            Ok(Some(Decision::Connect(connect))) => {
                let holds = connect
                    .plain
                    .as_ref()
                    .is_some_and(|plain| plain.holds_place);
                let together = connect.together.clone();
                self.account
                    .ticket
                    .change(connect.ticket.clone(), holds, together);
                Ok(Some(connect))
            }
            Err(undecided) => {
                // The client gets the 401.
                carrier.undecided(&undecided);
                Ok(None)
            }
        }
    }

    /// Sends the request, and waits for the head of its answer.
    async fn send(&mut self, payload: Payload) -> Result<(Response<Incoming>, Lease), Stopped> {
        let (carrier, sent) = (self.carrier, self.account.sent.clone());
        let asked = self.connect.host();
        let forward = &mut self.connect.forward;
        let Some(host) = carrier.shared.host(carrier.kind, &self.connect.origin) else {
            let failure = Failure::foreign_origin(carrier.kind);
            let why = "it is none of the tunnel's origins";
            carrier.log_failure(&self.connect.origin.to_string(), why, &failure);
            return Err(Stopped::Failed(failure));
        };
        // Each head is sent once: a repeated request has a newly decided head.
        let mut headers = mem::take(&mut forward.headers);
        if let Payload::Whole(_) = payload {
            // The length is set again with the body.
            headers.remove(header::CONTENT_LENGTH);
        }
        let call = self
            .connect
            .origin
            .call(&forward.method, forward.target.path());
        let span = carrier.trace.call(&call);
        // The trace context is not sent to apps: they are not part of the installation.
        if carrier.kind == Kind::Kubernetes {
            span.pass_on(&mut headers);
        }
        let (limits, length) = (&self.rules.limits, payload.length());
        sent.begin();
        let outgoing = Outgoing {
            method: forward.method.clone(),
            target: forward.target.clone(),
            host: asked,
            headers,
            payload,
            apart: self.rules.apart,
        };
        let ticket = &self.account.ticket;
        let (rounds, times) = (&carrier.shared.rounds, &self.rules.looks);
        let looks = rounds.look(&carrier.desk, ticket, times, Stage::Waiting);
        let head = tokio::select! {
            head = pool::send(host, outgoing, limits.connect) => head.map_err(|unsent| {
                Stopped::Fault(sent.fault().unwrap_or(Fault::Unreachable(unsent.0)))
            }),
            () = silence(&sent, limits.answer) => Err(Fault::Silent.into()),
            () = untaken(&sent, length, limits.send) => Err(Fault::Silent.into()),
            ended = looks => Err(match ended {
                Some(looked) => carrier.instead(looked.answer),
                None => Fault::Silent.into(),
            }),
        };
        match &head {
            Ok((response, _)) => span.answered(response.status()),
            Err(_) => span.failed("failed"),
        }
        let (response, lease) = head?;
        is_last(response.status())?;
        Ok((response, lease))
    }
}

/// Ready when nothing has been sent for `limit`, if there is one.
async fn silence(sent: &Sent, limit: Option<Duration>) {
    let Some(limit) = limit else {
        return std::future::pending().await;
    };
    loop {
        let quiet = sent.quiet();
        if quiet >= limit {
            return;
        }
        sleep(limit.saturating_sub(quiet)).await;
    }
}

/// Ready when the server has not taken a body of this `length` within `limit`.
async fn untaken(sent: &Sent, length: Option<u64>, limit: Duration) {
    sleep(limit).await;
    if length.is_none_or(|length| sent.bytes() >= length) {
        std::future::pending::<()>().await;
    }
}

/// Whether this status is a final one.
fn is_last(status: StatusCode) -> Result<(), Fault> {
    match status.is_informational() {
        // A 101 that nobody asked for is a fault. Any other 1xx is not final.
        true => Err(Fault::Unreachable(format!("it answered {status}"))),
        false => Ok(()),
    }
}
