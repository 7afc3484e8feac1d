//! Carries a request to another server and its answer back, as decided. It decides nothing.
//!
//! It is the carrier in Spin alone, without a native one in front. It knows no session and no setting: its
//! floor does not allow it.

mod answer;
mod body;
mod carry;
#[cfg(test)]
pub(crate) mod conversations;
mod decider;
mod head;
pub(crate) mod pace;

pub(crate) use self::carry::{Stopped, carry};
pub(crate) use self::decider::{Decider, End, Look};
