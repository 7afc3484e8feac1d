//! Ends a carried connection or request from outside.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use verdict::{Looked, Looks, Outcome, Stage};

use crate::Limits;
use crate::desk::Desk;
use crate::rounds::Rounds;
use crate::ticket::Ticket;

/// Why a connection was ended from outside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Pulled {
    /// The component has refused that it goes on, and why.
    Revoked(Outcome),
    /// The component has not answered for too long.
    Unanswered,
    /// The longest duration is reached.
    Absolute,
    /// The tunnel is shutting down.
    Shutdown,
}

impl Pulled {
    /// The label in metrics.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Revoked(_) => "revoked",
            Self::Unanswered => "unanswered",
            Self::Absolute => "absolute",
            Self::Shutdown => "shutdown",
        }
    }

    /// For the line of the request.
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::Revoked(outcome) => outcome,
            Self::Unanswered | Self::Absolute | Self::Shutdown => Outcome::CutOff,
        }
    }

    /// For the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Revoked(_) => "the component said stop",
            Self::Unanswered => "the component did not say that it may go on",
            Self::Absolute => "absolute limit",
            Self::Shutdown => "shutdown",
        }
    }
}

/// Ready when the connection with `ticket`, which begins now, must end.
pub(crate) async fn pulled(
    desk: &Desk,
    rounds: &Rounds,
    ticket: &Arc<Ticket>,
    limits: &Limits,
    stop: &CancellationToken,
) -> Pulled {
    let times = Looks {
        every: limits.look_every,
        patience: limits.look_patience,
    };
    tokio::select! {
        () = stop.cancelled() => Pulled::Shutdown,
        () = sleep(limits.absolute) => Pulled::Absolute,
        ended = rounds.look(desk, ticket, &times, Stage::Answered) => match ended {
            // An older component does not say why.
            Some(looked) => Pulled::Revoked(looked.outcome.unwrap_or(Outcome::CutOff)),
            None => Pulled::Unanswered,
        },
    }
}

/// Asks at once whether a request that will last may be sent: it needs a place. `None`: no answer.
pub(crate) async fn lasts(desk: &Desk, ticket: &Ticket, limit: Duration) -> Option<Looked> {
    let asked = Instant::now();
    let held = ticket.text();
    let looked = timeout(limit, desk.look(&held, Stage::Sending)).await;
    let looked = looked.ok().flatten()?;
    if looked.go_on {
        ticket.goes_on(&looked, asked);
    }
    Some(looked)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use http::{Request, Response};
    use hyper::body::Bytes;
    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;
    use traces::Trace;
    use verdict::Outcome;

    use super::{Pulled, pulled};
    use crate::counts::Counts;
    use crate::desk::{Desk, bearer};
    use crate::rounds::Rounds;
    use crate::ticket::Ticket;
    use crate::{Answered, Component, Limits};

    /// How a component answers a look.
    #[derive(Clone, Copy)]
    enum Look {
        GoOn,
        Stop,
        SignedOut,
        Status(u16),
        Nonsense,
        Error,
        Never,
    }

    use Look::{Error, GoOn, Never, Nonsense, SignedOut, Status, Stop};

    /// Answers looks in this order, repeats the last one, and records when they come.
    struct Script {
        answers: Mutex<VecDeque<Look>>,
        asked: Mutex<Vec<u64>>,
        began: Instant,
    }

    impl Component for Script {
        fn ask(&self, request: Request<Bytes>) -> Answered<'_> {
            assert_eq!(request.body(), r#"{"look_all":[{"ticket":"the ticket"}]}"#);
            let mut answers = self.answers.lock().unwrap();
            let next = match answers.len() {
                1 => answers[0],
                _ => answers.pop_front().unwrap(),
            };
            self.asked
                .lock()
                .unwrap()
                .push(self.began.elapsed().as_secs());
            Box::pin(async move {
                let answer = |status, body: &'static str| {
                    let response = Response::builder().status(status);
                    Ok(response.body(Bytes::from_static(body.as_bytes())).unwrap())
                };
                match next {
                    GoOn => answer(200, r#"[{"go_on":true}]"#),
                    Stop => answer(200, r#"[{"go_on":false}]"#),
                    SignedOut => answer(200, r#"[{"go_on":false,"outcome":"session_ended"}]"#),
                    Status(status) => answer(status, r#"[{"go_on":true}]"#),
                    Nonsense => answer(200, "go on"),
                    Error => Err("away".to_owned()),
                    Never => std::future::pending().await,
                }
            })
        }

        fn write(&self, _: &str, _: &Trace) {}
    }

    /// Why and after how many seconds it ended, and when the component was asked.
    async fn run(answers: &[Look]) -> (Pulled, u64, Vec<u64>) {
        let script = Arc::new(Script {
            answers: Mutex::new(answers.iter().copied().collect()),
            asked: Mutex::default(),
            began: Instant::now(),
        });
        let desk = Desk::new(script.clone(), bearer("secret").unwrap(), Counts::new(1, 1));
        let limits = Limits {
            absolute: Duration::from_secs(1000),
            look_every: Duration::from_secs(30),
            ..Limits::default()
        };
        let stop = CancellationToken::new();
        let ticket = Arc::new(Ticket::new("the ticket", false, None));
        let why = pulled(&desk, &Rounds::default(), &ticket, &limits, &stop).await;
        let asked = script.asked.lock().unwrap().clone();
        (why, script.began.elapsed().as_secs(), asked)
    }

    #[tokio::test(start_paused = true)]
    async fn consent_is_asked_for_every_30_seconds_until_the_absolute_limit() {
        let (why, after, asked) = run(&[GoOn]).await;
        assert_eq!((why, after), (Pulled::Absolute, 1000));
        let every_30: Vec<u64> = (1..=33).map(|n| n * 30).collect();
        assert_eq!(asked, every_30);
    }

    #[tokio::test(start_paused = true)]
    async fn stop_is_stop() {
        for (stop, outcome) in [(SignedOut, Outcome::SessionEnded), (Stop, Outcome::CutOff)] {
            let (why, after, asked) = run(&[GoOn, stop]).await;
            assert_eq!(
                (why, after, asked),
                (Pulled::Revoked(outcome), 60, vec![30, 60])
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_consent_for_60_seconds_is_stop() {
        for bad in [
            Status(404),
            Status(503),
            Status(204),
            Nonsense,
            Error,
            Never,
        ] {
            let (why, after, _) = run(&[bad]).await;
            assert_eq!((why, after), (Pulled::Unanswered, 60));
            let (why, after, _) = run(&[GoOn, bad]).await;
            assert_eq!((why, after), (Pulled::Unanswered, 90));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_failed_is_tried_again_soon() {
        let (_, _, asked) = run(&[Error, Status(503), GoOn, Stop]).await;
        assert_eq!(asked, [30, 33, 36, 66]);
    }

    #[tokio::test(start_paused = true)]
    async fn looks_do_not_pile_up() {
        let (why, after, asked) = run(&[Never]).await;
        assert_eq!((why, after), (Pulled::Unanswered, 60));
        assert_eq!(asked, [30, 53]);
    }
}
