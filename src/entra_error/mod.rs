//! What Entra says when it refuses, for all code that keeps it, shows it or acts on it.

mod codes;
mod error;

#[cfg(test)]
mod tests;

pub use self::codes::explanation;
pub use self::error::{EntraError, Verdict};
