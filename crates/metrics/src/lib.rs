//! What is counted, by name, and its text for Prometheus.
//!
//! Whoever does something owns its counts, as a [`Family`] or several, and counts in them whether anybody
//! asks or not: a count is an addition in memory. A [`Registry`] gives them their names; [`answer()`] is what
//! a scraper gets of it.
//!
//! The values of labels are few and known beforehand: names in a file that the operator wrote, or words in
//! the code. Nothing of a request is one, or a stranger could fill the memory.

mod answer;
mod description;
mod family;
mod held;
mod label;
mod process;
mod registry;
mod status;

pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::gauge::Gauge;
pub use prometheus_client::metrics::histogram::Histogram;

pub use self::answer::answer;
pub use self::description::Description;
pub use self::family::{Family, NO_LABELS};
pub use self::held::Held;
pub use self::label::Label;
pub use self::registry::Registry;
pub use self::status::{STATUS_CLASSES, status_class};
