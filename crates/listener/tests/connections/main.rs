//! Real connections to a real listener: how many there may be, how long, and how they end with it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod ending;
mod number;
mod over_tls;
mod quiet;
mod server;
