//! Traces by OpenTelemetry: a span for each request, spans below it for calls and store operations, and
//! their way to a collector (OTLP over HTTP).
//!
//! What may stand in a span is decided here and nowhere else. Whoever traces says which method, route,
//! status and host it was, and cannot say more: a path becomes one of the [classes](path_class) that are
//! known beforehand, and of a head nothing is taken but `traceparent`, if its sender is believed. So no
//! span has a query, a header, a token or a name of a user in it.
//!
//! The settings are the standard's (`OTEL_…`; docs/traces.md). Without an endpoint nothing is traced, and
//! each function here does nothing.
//!
//! There is no global tracer: a test sees the spans of the one thing that it has made.

mod attributes;
mod call;
mod collector;
mod context;
mod counts;
mod exporter;
mod log;
mod paths;
mod queue;
mod resource;
mod served;
mod settings;
#[cfg(test)]
mod tests;
mod trace;
mod traces;
mod tracing;
mod trust;
mod unusable;
mod variable;

pub use self::call::{Call, Span};
pub use self::counts::Counts;
pub use self::paths::path_class;
pub use self::resource::Program;
pub use self::served::Served;
pub use self::settings::Settings;
pub use self::trace::Trace;
pub use self::traces::Traces;
pub use self::trust::Peer;
pub use self::unusable::Unusable;
pub use self::variable::Wrong;
