#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod costs;
mod documents;
mod heads;
mod manifest;
