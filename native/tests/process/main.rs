//! The binary as operators use it: command line, exit codes, messages, signals. `serve` at work is tested end
//! to end with the real component.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]

mod connections;
mod convert;
mod doctor;
mod ending;
mod healthcheck;
mod help;
mod jobs;
mod lines;
mod metrics;
mod program;
mod serve;
mod sidecar;
mod traces;
mod tunnel;
