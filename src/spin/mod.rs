//! The adapter for Spin and WASI 0.2: the only place that knows the SDK. It decides nothing.

mod bucket;
mod deadline;
mod entry;
mod flow;
mod inbound;
mod outbound;
mod reading;
mod relay;
mod store;
mod time;
mod world;
