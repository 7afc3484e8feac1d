//! What a client and the log are told about an error.
//!
//! Each subject has errors of its own, small ones, which say by [`Tell`] what is told. Their words are
//! in [`sentences`], all of them. Only `rescue` makes answers of them.

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
