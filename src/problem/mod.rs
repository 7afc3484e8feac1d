//! What a client and the log are told about an error.
//!
//! Each subject has its own small errors. They say by [`Tell`] what is told. All their words are in
//! [`sentences`], which other languages translate. Only `rescue` turns them into answers.

mod failure;
mod tell;
mod told;

#[cfg(test)]
mod tests;

pub use self::failure::Failure;
pub use self::tell::{Note, Tell};
pub use self::told::{Problem, WayOn};
pub use crate::texts::{Sentence, en as sentences};
