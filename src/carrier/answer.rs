//! The answer that the client gets: the server's first answer, or one to a repeated request.

use std::mem;

use http::{Request, Response, header};
use verdict::{Fault, QUESTIONS};

use super::carry::{Carrier, Stopped};
use super::decider::Decider;
use super::head::without_answer;
use crate::platform::{Payload, Platform, Relay, RelayLimits};

/// The head of an answer, and the exchange that carries its body.
type Answered<P> = (Response<()>, <P as Relay>::Exchange);

impl<P: Platform, D: Decider> Carrier<'_, P, D> {
    /// The server's answer, after all decisions about it.
    pub(super) async fn answer(
        &mut self,
        payload: &Payload,
    ) -> Result<Answered<P>, Stopped<D::Refusal>> {
        let again = matches!(payload, Payload::Whole(_));
        for _ in 0..QUESTIONS {
            let answer = self.send(payload.clone()).await?;
            if !self
                .forward
                .asks_again
                .contains(&answer.0.status().as_u16())
            {
                return Ok(answer);
            }
            let decided = self.decider.refused(&answer.0, again).await;
            match decided.map_err(Stopped::Refused)? {
                Some(forward) => self.forward = forward,
                None => return Ok(answer),
            }
        }
        self.send(payload.clone()).await
    }

    async fn send(&mut self, payload: Payload) -> Result<Answered<P>, Stopped<D::Refusal>> {
        // Each head is sent once: a repeated request has a newly decided head.
        let headers = mem::take(&mut self.forward.headers);
        let (forward, limits) = (&self.forward, &self.rules.limits);
        let mut request = Request::new(payload);
        *request.method_mut() = forward.method.clone();
        *request.uri_mut() = [forward.origin.as_str(), forward.target.as_str()]
            .concat()
            .parse()
            .map_err(|_| Fault::Unreachable("its address is none".to_owned()))?;
        *request.headers_mut() = headers;
        if let Payload::Whole(_) = request.body() {
            // The length is set again with the body.
            request.headers_mut().remove(header::CONTENT_LENGTH);
        }
        let limits = RelayLimits {
            connect: limits.connect,
            silence: limits.send,
        };
        let exchange = self.platform.relay(request, limits).await;
        let mut exchange = exchange.map_err(without_answer)?;
        let head = self.head(&mut exchange).await?;
        if head.status().is_informational() {
            // A 101 that nobody asked for is a fault. Any other 1xx is not final.
            let why = format!("it answered {}", head.status());
            return Err(Fault::Unreachable(why).into());
        }
        Ok((head, exchange))
    }
}
