//! What follows when the origin answers a request to upgrade with 401.

use http::{Response, StatusCode, header};
use hyper::body::Incoming;
use tokio::time::timeout;

use crate::decision::{Connect, Decision, Refused};
use crate::failure::Failure;
use crate::passage::Passage;
use crate::upstream::{Opened, Upstream};

/// How often the component is asked about a 401. It gives another token once; the second time it only
/// says what the client is told.
const QUESTIONS: usize = 2;

impl Passage {
    /// Sends the request on as `decision` says, and once more with another token if the component has
    /// one for it.
    pub(crate) async fn open_accepted(&self, decision: &Connect) -> Result<Opened, Failure> {
        let mut upstream = self.open_upstream(decision).await?;
        let mut ticket = decision.ticket.clone();
        for _ in 0..QUESTIONS {
            let Upstream::Refused(answer, _) = &upstream else {
                break;
            };
            if answer.status() != StatusCode::UNAUTHORIZED {
                break;
            }
            match self.ask_about(answer, &ticket).await {
                None => break,
                Some(Decision::Answer(answer)) => return Ok(Opened::Answered(answer)),
                Some(Decision::Connect(again)) => {
                    upstream = self.open_upstream(&again).await?;
                    ticket = again.ticket;
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
            ticket,
            open: &self.open,
            challenges: &challenges,
        };
        let decided = timeout(self.shared.limits.decision, self.desk.refused(refused)).await;
        let decided = decided.unwrap_or_else(|_| Err("it did not answer in time".to_owned()));
        decided
            .inspect_err(|why| self.log_failure("the component", why, &Failure::no_component()))
            .ok()
            .flatten()
    }
}
