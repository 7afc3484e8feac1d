//! Real connections to a real listener: how many there may be, and how long.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod number;
mod over_tls;
mod quiet;
mod server;
