//! What is exported, and how it gets to a collector.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

mod spans;
mod way;
