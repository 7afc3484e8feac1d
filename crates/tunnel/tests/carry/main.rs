//! The tunnel over real sockets: the client sends bytes, and each test plays component and API server.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]

mod api;
mod apps;
mod asking;
mod bounded;
mod carried;
mod client;
mod component;
mod connections;
mod conversations;
mod counted;
mod direct;
mod draining;
mod ended;
mod extended;
mod faults;
mod forwarded;
mod http2_api;
mod interim;
mod interleaved;
mod refused;
mod shares;
mod stack;
mod tls;
mod trailers;
mod unauthorized;
