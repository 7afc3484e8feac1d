//! Runs of kubelogin. Each is a job that is started for an owner, queried, and ended.
//!
//! An owner is a name from the component; this code knows no sessions or users. Each owner has one job, and a
//! minimal interval between starts. A result is kept until it is deleted, for five minutes at most.

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
