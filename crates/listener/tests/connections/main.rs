//! Real connections to a real listener: their limits in number and time, and how they end with the server.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod alive;
mod ending;
mod floods;
mod number;
mod over_tls;
mod quiet;
mod server;
