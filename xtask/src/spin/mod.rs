//! A real Spin instead of our own host: the program, and which tests it cannot be asked.

mod not_applicable;
mod program;

pub(crate) use not_applicable::NotApplicable;
pub(crate) use program::{Program, serving};
