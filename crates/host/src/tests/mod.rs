//! The fixture in the real engine, over real connections.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]

mod back_pressure;
mod computing;
mod counted;
mod cut;
mod floods;
mod framing;
mod instances;
mod intercepted;
mod over_tls;
mod peer;
mod pooling;
mod proxied;
mod support;
mod upstream;
