//! How long to wait for a client, and how often a lasting request is looked at, for all kinds of requests.

use std::time::Duration;

use http::{HeaderMap, header};
use verdict::{BodyRules, Looks};

/// A body up to this length, in bytes, is read before it is sent, so that it can be sent again.
const KEPT: u64 = 64 * 1024;
/// A body that takes longer to arrive needs a place.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long such a body may take with a place. An instance waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a single lasting request is looked at.
pub(crate) const LOOK: Duration = Duration::from_secs(15);
/// The same where one question is about many requests.
pub(crate) const LOOK_TOGETHER: Duration = Duration::from_secs(5);
/// How long a request goes on while the store gives no answer.
const UNSEEN: Duration = Duration::from_secs(45);

/// The rules for a body of at most `most` bytes.
pub(crate) fn body(most: u64) -> BodyRules {
    BodyRules {
        most,
        kept: KEPT,
        at_once: AT_ONCE,
        patience: PATIENCE,
    }
}

/// The rules for looks with this interval.
pub(crate) fn looks(every: Duration) -> Looks {
    Looks {
        every,
        patience: UNSEEN,
    }
}

/// Whether a request announces (RFC 9110, section 8.6) a body that is streamed: longer than a kept one, and
/// within the `most` bytes that are allowed.
pub(crate) fn is_long_body(headers: &HeaderMap, most: u64) -> bool {
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| KEPT < length && length <= most)
}
