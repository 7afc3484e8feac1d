//! A collector of OpenTelemetry on loopback, for tests: it takes traces over HTTP (OTLP, protobuf), and
//! keeps them as they came and as spans.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test stands on may fail as a test does"
)]

mod collector;
mod http;
mod span;

pub use self::collector::Collector;
pub use self::http::Export;
pub use self::span::Span;
