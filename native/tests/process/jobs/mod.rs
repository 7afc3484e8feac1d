//! The sidecar's jobs, with misbehaving programs in place of kubelogin.

mod counted;
mod ends;
mod places;
mod runs;
mod world;
