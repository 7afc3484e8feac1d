//! Asks the component, with the tunnel's bearer.

use std::sync::Arc;
use std::time::Duration;

use http::header::InvalidHeaderValue;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use hyper::body::Bytes;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::{sleep, timeout};
use traces::Trace;
use verdict::{Ask, Audit, Closed, Failed, Looked, Message, Open, Refused, Stage};

use crate::Component;
use crate::counts::Counts;
use crate::decision::Decision;
use crate::internal::INTERNAL_PATH;
use crate::log;

/// How often a report of a connection's end is tried.
const REPORTS: u32 = 3;
/// How long one report may take, and the pause before the next try.
const REPORT: Duration = Duration::from_secs(5);

/// The component and the bearer for it.
#[derive(Clone)]
pub(crate) struct Desk {
    component: Arc<dyn Component>,
    bearer: HeaderValue,
    pub(crate) counts: Counts,
    trace: Trace,
}

impl Desk {
    pub(crate) fn new(component: Arc<dyn Component>, bearer: HeaderValue, counts: Counts) -> Self {
        Self {
            component,
            bearer,
            counts,
            trace: Trace::default(),
        }
    }

    /// The same desk, with the questions before the client's answer in `trace`. Later questions are in no
    /// trace: a connection may be carried for a day.
    pub(crate) fn within(self, trace: Trace) -> Self {
        Self { trace, ..self }
    }

    /// Asks what to do with a client's request.
    ///
    /// # Errors
    /// When the component gives no decision.
    pub(crate) async fn open(&self, open: &Open) -> Result<Decision, Undecided> {
        let decision = self.decide(&Message::Open(open.clone())).await?;
        decision.ok_or_else(|| "it passes on an answer that is not there".into())
    }

    /// Asks what to do about the origin's 401. `None`: the client gets it.
    ///
    /// # Errors
    /// When the component gives no decision.
    pub(crate) async fn refused(&self, refused: Refused) -> Result<Option<Decision>, Undecided> {
        self.decide(&Message::Refused(refused)).await
    }

    async fn decide(&self, message: &Message) -> Result<Option<Decision>, Undecided> {
        let answer = self.say(message, &self.trace).await?;
        match answer.status() {
            StatusCode::OK => {
                let decision = Decision::parse(answer.body());
                decision.map_err(|what| format!("its answer {what}").into())
            }
            status => Err(Undecided {
                why: format!("it answered {}", status.as_u16()),
                is_busy: status == StatusCode::SERVICE_UNAVAILABLE
                    || status == StatusCode::TOO_MANY_REQUESTS,
            }),
        }
    }

    /// Asks what a client gets whose request has no answer.
    ///
    /// # Errors
    /// When the component gives no decision.
    pub(crate) async fn failed(&self, failed: Failed) -> Result<Decision, Undecided> {
        let decision = self.decide(&Message::Failed(failed)).await?;
        decision.ok_or_else(|| "it passes on an answer that is not there".into())
    }

    /// Asks whether the connection or request with this `ticket`, at this stage, may go on. `None`: no
    /// answer.
    pub(crate) async fn look(&self, ticket: &str, stage: Stage) -> Option<Looked> {
        let look = Message::Look(Ask {
            ticket: ticket.to_owned(),
            stage,
            also: Vec::new(),
        });
        let answer = self.say(&look, &Trace::default()).await.ok()?;
        if answer.status() != StatusCode::OK {
            return None;
        }
        serde_json::from_slice(answer.body()).ok()
    }

    /// Asks whether these may go on; the answers are in the same order. `None`: no answer.
    pub(crate) async fn look_all(&self, asks: Vec<Ask>) -> Option<Vec<Option<Looked>>> {
        let looks = Message::LookAll(asks);
        let answer = self.say(&looks, &Trace::default()).await.ok()?;
        if answer.status() != StatusCode::OK {
            return None;
        }
        serde_json::from_slice(answer.body()).ok()
    }

    /// The desk for questions on nobody's behalf.
    pub(crate) fn own(&self) -> Self {
        let own = self.component.own();
        Self {
            component: own.unwrap_or_else(|| self.component.clone()),
            trace: Trace::default(),
            ..self.clone()
        }
    }

    /// Reports the end of a connection. A report that cannot be delivered is written to the log.
    pub(crate) async fn report(&self, closed: Closed, client: &str) {
        for attempt in 0..REPORTS {
            if attempt > 0 {
                sleep(REPORT / 5).await;
            }
            let closed = Message::Closed(closed.clone());
            if let Ok(Ok(answer)) = timeout(REPORT, self.say(&closed, &Trace::default())).await
                && answer.status() == StatusCode::NO_CONTENT
            {
                return;
            }
        }
        log::event(
            "tunnel_unreported",
            [
                ("client", json!(client)),
                ("status", json!(closed.status)),
                ("sent", json!(closed.sent)),
                ("received", json!(closed.received)),
                ("milliseconds", json!(closed.milliseconds)),
            ],
        );
    }

    /// Writes the audit line of a carried request.
    pub(crate) fn write(&self, audit: &Audit) {
        let now = OffsetDateTime::now_utc();
        let time = now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339);
        let line = verdict::line(&time.unwrap_or_default(), audit);
        self.component.write(&line, &self.trace);
    }

    async fn say(&self, message: &Message, trace: &Trace) -> Result<Response<Bytes>, String> {
        let body = serde_json::to_vec(message).map_err(|error| error.to_string())?;
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_static(INTERNAL_PATH);
        request.extensions_mut().insert(trace.clone());
        let headers = request.headers_mut();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        headers.insert(header::AUTHORIZATION, self.bearer.clone());
        self.component.ask(request).await
    }
}

/// The component has given no decision.
pub(crate) struct Undecided {
    /// For the log.
    pub(crate) why: String,
    /// Whether the component is overloaded.
    pub(crate) is_busy: bool,
}

impl Undecided {
    /// The component did not answer in time.
    pub(crate) fn late() -> Self {
        "it did not answer in time".into()
    }
}

impl<T: Into<String>> From<T> for Undecided {
    fn from(why: T) -> Self {
        Self {
            why: why.into(),
            is_busy: false,
        }
    }
}

/// `Bearer token`, as a sensitive header.
pub(crate) fn bearer(token: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut bearer = HeaderValue::from_str(&format!("Bearer {token}"))?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use http::{Request, Response};
    use hyper::body::Bytes;
    use tokio::time::Instant;
    use traces::Trace;
    use verdict::Closed;

    use super::{Desk, bearer};
    use crate::counts::Counts;
    use crate::{Answered, Component};

    fn closed() -> Closed {
        Closed {
            ticket: "t".to_owned(),
            status: None,
            sent: 1,
            received: 2,
            milliseconds: 3,
            outcome: None,
        }
    }

    /// Accepts a report at its nth delivery.
    struct Takes {
        at: usize,
        deliveries: AtomicUsize,
    }

    impl Component for Takes {
        fn ask(&self, request: Request<Bytes>) -> Answered<'_> {
            assert_eq!(request.uri(), "/-/tunnel");
            assert_eq!(request.headers()["authorization"], "Bearer secret");
            assert_eq!(request.headers()["content-type"], "application/json");
            let expected = concat!(
                r#"{"closed":{"ticket":"t","status":null,"#,
                r#""sent":1,"received":2,"milliseconds":3}}"#
            );
            assert_eq!(request.body(), expected);
            let delivery = 1 + self.deliveries.fetch_add(1, Ordering::Relaxed);
            let status = if delivery == self.at { 204 } else { 503 };
            let response = Response::builder().status(status).body(Bytes::new());
            Box::pin(async move {
                match delivery {
                    1 => Err("away".to_owned()),
                    2 => std::future::pending().await,
                    _ => Ok(response.unwrap()),
                }
            })
        }

        fn write(&self, _: &str, _: &Trace) {}
    }

    #[tokio::test(start_paused = true)]
    async fn a_report_is_tried_three_times() {
        for (at, deliveries) in [(3, 3), (9, 3)] {
            let takes = Arc::new(Takes {
                at,
                deliveries: AtomicUsize::new(0),
            });
            let desk = Desk::new(takes.clone(), bearer("secret").unwrap(), Counts::new(1, 1));
            let began = Instant::now();
            desk.report(closed(), "192.0.2.1:1").await;
            assert_eq!(takes.deliveries.load(Ordering::Relaxed), deliveries);
            assert_eq!(began.elapsed().as_secs(), 1 + 5 + 1);
        }
    }
}
