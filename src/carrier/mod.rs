//! Carries a request to another server and its answer back, as it was decided. Nothing is decided here.
//!
//! It is the carrier where no native one is in front: in Spin alone. It knows no session and no setting,
//! and which floor it stands on sees to that.

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
