//! The sidecar's jobs, with programs in kubelogin's place that behave in every way but the right one.

mod counted;
mod ends;
mod places;
mod runs;
mod world;
