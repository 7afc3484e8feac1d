//! Handles the origin's 401 to a request to upgrade.

use http::{HeaderMap, Response, header};
use hyper::body::Incoming;
use tokio::time::timeout;
use verdict::{QUESTIONS, Refused};

use crate::decision::{Connect, Decision};
use crate::desk::Undecided;
use crate::failure::Failure;
use crate::passage::Passage;
use crate::upstream::{Opened, Upstream};

impl Passage {
    /// Sends the request on, as `decision` says, and once more if the component has another token for it.
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

    /// Asks the component about a 401. `None`: the client gets the 401, also where the component gives no
    /// answer.
    async fn ask_about(&self, answer: &Response<Incoming>, ticket: &str) -> Option<Decision> {
        let refused = Refused {
            ticket: ticket.to_owned(),
            open: self.open.clone(),
            challenges: challenges(answer.headers()),
            again: true,
        };
        let decided = timeout(self.shared.limits.decision, self.desk.refused(refused)).await;
        let decided = decided.unwrap_or_else(|_| Err(Undecided::late()));
        decided
            .inspect_err(|undecided| {
                let failure = Failure::no_component();
                self.log_failure("the component", &undecided.why, &failure);
            })
            .ok()
            .flatten()
    }
}

/// The challenges of a 401, as the component is told of them.
pub(crate) fn challenges(head: &HeaderMap) -> Vec<String> {
    let challenges = head.get_all(header::WWW_AUTHENTICATE).iter();
    challenges
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}
