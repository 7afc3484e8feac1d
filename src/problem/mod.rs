//! What a client and the log are told about an error.
//!
//! Each subject has its own small errors. They say by [`Tell`] what is told. All their words are in
//! [`sentences`]. Only `rescue` turns them into answers.

mod failure;
pub mod sentences;
mod tell;
mod told;

#[cfg(test)]
mod tests;

pub use self::failure::Failure;
pub use self::sentences::Sentence;
pub use self::tell::{Note, Tell};
pub use self::told::{Problem, WayOn};
