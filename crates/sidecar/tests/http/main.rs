//! The sidecar over real HTTP, with files as the kubelet writes them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod client;
mod counted;
mod federated_token;
mod lifecycle;
mod probing;
mod projected_volume;
mod refusals;
mod server;
mod service_account_token;
