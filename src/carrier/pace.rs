//! How long anybody waits for a client, and how often what lasts is looked at: the same whatever a request is
//! for.

use std::time::Duration;

use http::{HeaderMap, header};
use verdict::{BodyRules, Looks};

/// A body up to this length, in bytes, is read before it is sent, so that it can be sent twice.
const KEPT: u64 = 64 * 1024;
/// What takes longer to arrive needs a place.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long such a body may take with a place. An instance waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a request that lasts is looked at by itself.
pub(crate) const LOOK: Duration = Duration::from_secs(15);
/// The same where many are looked at in one question.
pub(crate) const LOOK_TOGETHER: Duration = Duration::from_secs(5);
/// How long it goes on while the store cannot say whether it may.
const UNSEEN: Duration = Duration::from_secs(45);

/// The rules for a body of at most so many bytes.
pub(crate) fn body(most: u64) -> BodyRules {
    BodyRules {
        most,
        kept: KEPT,
        at_once: AT_ONCE,
        patience: PATIENCE,
    }
}

/// How a request is looked at so often.
pub(crate) fn looks(every: Duration) -> Looks {
    Looks {
        every,
        patience: UNSEEN,
    }
}

/// Whether a request has announced (RFC 9110, section 8.6) a body that lasts as long as its client likes: one
/// that is not kept, and not longer than the `most` bytes that may go on.
pub(crate) fn is_long_body(headers: &HeaderMap, most: u64) -> bool {
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| KEPT < length && length <= most)
}
