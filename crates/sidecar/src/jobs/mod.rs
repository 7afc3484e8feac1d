//! Runs of kubelogin, each a job: started for an owner, asked for, and ended.
//!
//! An owner is a name that the component makes; nothing is known here of sessions or users. There is
//! one job for each owner, and a shortest time from one start to the next. A result is kept until it
//! is deleted, at most five minutes.

mod credential;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod guard;
mod kubelogin;
mod pace;
mod prompt;
mod registry;
mod run;

pub(crate) use self::failure::Failure;
pub use self::kubelogin::{Cloud, Kubelogin};
pub(crate) use self::registry::{Jobs, NotStarted, Wish};
