//! Keeps a token fresh.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::time::sleep;

use crate::endpoint::{Endpoint, Failed};
use crate::{Token, log};

/// After a failure it is asked again, at first after so long, at last after so long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A token is renewed no sooner than after so long, however short its life.
const SOONEST: Duration = Duration::from_secs(1);
/// Whatever an answer says, it is asked again after so long: whoever stands between may say anything.
const LATEST: Duration = Duration::from_secs(3600);

/// Gets tokens for ever: a new one when about three quarters of the life of the last one are over. Each
/// is given to `take`. `assertion` reads the workload-identity token, anew each time; its error says what
/// is wrong with the file. Failures are logged, and are no end: the last token lives on meanwhile.
pub async fn keep<A, F>(endpoint: Endpoint, assertion: A, take: impl Fn(&Token))
where
    A: Fn() -> F,
    F: Future<Output = Result<String, String>>,
{
    loop {
        let token = first(&endpoint, &assertion).await;
        log::line("ok", &format!("for {} seconds", token.lifetime().as_secs()));
        take(&token);
        sleep(renewal(token.lifetime(), random())).await;
    }
}

/// A token, as soon as there is one.
async fn first<A, F>(endpoint: &Endpoint, assertion: &A) -> Token
where
    A: Fn() -> F,
    F: Future<Output = Result<String, String>>,
{
    let mut pauses = ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_jitter()
        .without_max_times()
        .build();
    loop {
        let failed = match assertion().await {
            Ok(assertion) => match endpoint.ask(&assertion).await {
                Ok(token) => return token,
                Err(failed) => failed,
            },
            Err(reason) => Failed::because(reason),
        };
        log::line("failed", &failed.reason);
        let pause = pauses.next().unwrap_or(LONGEST_PAUSE);
        sleep(pause_after(failed.retry_after, pause)).await;
    }
}

/// When a token is renewed: replicas that began at once do not ask at once for ever.
pub(crate) fn renewal(lifetime: Duration, random: u8) -> Duration {
    let part = 0.7 + 0.1 * f64::from(random) / f64::from(u8::MAX);
    lifetime.mul_f64(part).max(SOONEST)
}

/// How long it is waited after a failure: what the answer has asked for, and at least `pause`.
pub(crate) fn pause_after(asked_for: Option<Duration>, pause: Duration) -> Duration {
    asked_for.unwrap_or_default().min(LATEST).max(pause)
}

fn random() -> u8 {
    let mut byte = [0];
    // Without it replicas ask at the same time, which is no harm.
    let _ = getrandom::getrandom(&mut byte);
    byte[0]
}
