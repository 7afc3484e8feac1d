//! A real Spin instead of our own host: the program, and the tests that do not apply to it.

mod not_applicable;
mod program;

pub(crate) use not_applicable::NotApplicable;
pub(crate) use program::{Program, serving};
