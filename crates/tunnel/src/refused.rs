//! What follows when the origin answers a request to upgrade with 401.

use http::{Response, header};
use hyper::body::Incoming;
use tokio::time::timeout;
use verdict::{QUESTIONS, Refused};

use crate::decision::{Connect, Decision};
use crate::failure::Failure;
use crate::passage::Passage;
use crate::upstream::{Opened, Upstream};

impl Passage {
    /// Sends the request on as `decision` says, and once more with another token if the component has
    /// one for it.
    pub(crate) async fn open_accepted(&self, decision: &Connect) -> Result<Opened, Failure> {
        let mut upstream = self.open_upstream(decision).await?;
        let mut ticket = decision.ticket.clone();
        let mut asks_again = decision.forward.asks_again.clone();
        for _ in 0..QUESTIONS {
            let Upstream::Refused(answer, _) = &upstream else {
                break;
            };
            if !asks_again.contains(&answer.status().as_u16()) {
                break;
            }
            match self.ask_about(answer, &ticket).await {
                None => break,
                Some(Decision::Answer(answer)) => return Ok(Opened::Answered(answer)),
                Some(Decision::Connect(again)) => {
                    upstream = self.open_upstream(&again).await?;
                    (ticket, asks_again) = (again.ticket, again.forward.asks_again);
                }
            }
        }
        Ok(Opened::Upstream(upstream))
    }

    /// What the component says about a 401. Nothing if the client gets it, also where the component
    /// says nothing.
    async fn ask_about(&self, answer: &Response<Incoming>, ticket: &str) -> Option<Decision> {
        let challenges = answer.headers().get_all(header::WWW_AUTHENTICATE).iter();
        let challenges: Vec<_> = challenges
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        let refused = Refused {
            ticket: ticket.to_owned(),
            open: self.open.clone(),
            challenges,
            again: true,
        };
        let decided = timeout(self.shared.limits.decision, self.desk.refused(refused)).await;
        let decided = decided.unwrap_or_else(|_| Err("it did not answer in time".to_owned()));
        decided
            .inspect_err(|why| self.log_failure("the component", why, &Failure::no_component()))
            .ok()
            .flatten()
    }
}
