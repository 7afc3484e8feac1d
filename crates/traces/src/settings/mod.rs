//! The settings: `OTEL_…`, as the specification of OpenTelemetry has them.

mod choices;
mod parse;
mod read;
#[cfg(test)]
mod tests;
mod variables;

pub(crate) use self::choices::{Propagation, Sampling};
pub use self::read::Settings;
