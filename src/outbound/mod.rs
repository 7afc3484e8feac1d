//! Calls to what the proxy depends on, with limits, back-off and a deadline.

mod ask;
mod away;

pub(crate) use self::ask::retry_after;
pub use self::ask::{Outbound, Repeat};
pub(crate) use self::away::RETRY_AFTER;
pub use self::away::{Away, Dependency};
