#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod costs;
mod heads;
mod manifest;
