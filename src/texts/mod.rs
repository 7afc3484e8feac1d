//! All texts that people read, one file for each language. English ([`en`]) is complete, and what
//! programs are told. A text that another language lacks is shown in English; a test finds it.

pub mod claims;
mod de;
pub mod en;
mod language;
mod text;

#[cfg(test)]
mod tests;

pub use self::language::Language;
pub use self::text::{Part, Sentence, Text, parts};
