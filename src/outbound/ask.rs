//! Calls to what the proxy depends on, with limits, back-off and a deadline.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use http::{Request, Response, StatusCode, header};

use super::away::{Away, Dependency};
use crate::platform::{HttpError, Limits, Platform};

/// The limits of one call.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(3),
    total: Duration::from_secs(8),
    // An AKS token with 200 groups weighs about 12 kB, a tenant's keys about 20 kB.
    body: 256 * 1024,
};

/// The time for all tries of one call.
const DEADLINE: Duration = Duration::from_secs(12);

/// What may be sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Repeat {
    /// Everything. A second call does no harm.
    Always,
    /// Only what was not taken, such as a code that is used once. It was not taken if there was no
    /// connection, or the answer was 429 or 5xx.
    IfNotTaken,
}

/// Makes the outbound calls of one request of ours. Their total time is bounded.
pub struct Outbound<'a, P> {
    platform: &'a P,
    /// Nothing is sent after this moment of [`crate::platform::Clock::monotonic`].
    end: Duration,
}

impl<'a, P: Platform> Outbound<'a, P> {
    /// All calls together take no longer than `budget` from now on.
    pub fn within(platform: &'a P, budget: Duration) -> Self {
        Self {
            platform,
            end: platform.monotonic() + budget,
        }
    }

    /// Asks until there is an answer that is not 429 or 5xx, or the deadline is near.
    ///
    /// Tries are spaced by exponential back-off from 200 ms, or by the answer's `Retry-After` if it
    /// is longer.
    ///
    /// # Errors
    /// When there is no such answer by then.
    pub async fn ask(
        &self,
        what: Dependency,
        repeat: Repeat,
        request: impl AsyncFn() -> Result<Request<Vec<u8>>, Away>,
    ) -> Result<Response<Vec<u8>>, Away> {
        let platform = self.platform;
        let end = self.end.min(platform.monotonic() + DEADLINE);
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(200))
            .with_max_times(4)
            .with_jitter()
            .build();
        loop {
            let (away, taken) = match self.once(what, request().await?).await {
                Err(failure) => failure,
                Ok(response) => return Ok(response),
            };
            if taken && repeat == Repeat::IfNotTaken {
                return Err(away);
            }
            let asked_for = Duration::from_secs(away.retry_after.unwrap_or(0));
            match pauses.next().map(|pause| pause.max(asked_for)) {
                Some(pause) if platform.monotonic() + pause + LIMITS.connect < end => {
                    platform.pause(pause).await;
                }
                _ => return Err(away),
            }
        }
    }

    /// Asks once, and takes any answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn ask_once(
        &self,
        what: Dependency,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, Away> {
        self.send(what, request).await.map_err(|(away, _)| away)
    }

    /// One try. 429 and 5xx do not count as answers.
    async fn once(
        &self,
        what: Dependency,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, (Away, bool)> {
        let response = self.send(what, request).await?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let away = Away {
                what,
                reason: format!("answered {status}"),
                retry_after: retry_after(&response),
            };
            return Err((away, false));
        }
        Ok(response)
    }

    /// Sends while there is time. A failure says whether the request may still have been taken.
    async fn send(
        &self,
        what: Dependency,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, (Away, bool)> {
        let away = |reason: String| Away {
            what,
            reason,
            retry_after: None,
        };
        let left = self.end.saturating_sub(self.platform.monotonic());
        if left.is_zero() {
            let reason = "not asked: the time of this request is over".to_owned();
            return Err((away(reason), false));
        }
        let limits = Limits {
            total: LIMITS.total.min(left),
            ..LIMITS
        };
        self.platform.send(request, limits).await.map_err(|error| {
            let taken = !matches!(error, HttpError::Unreachable(_) | HttpError::Denied);
            (away(error.to_string()), taken)
        })
    }
}

/// `Retry-After` in seconds (RFC 9110, section 10.2.3); Entra sends no dates. At most an hour.
pub(crate) fn retry_after(response: &Response<Vec<u8>>) -> Option<u64> {
    let seconds: u64 = response
        .headers()
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    Some(seconds.min(3600))
}
