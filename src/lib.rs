//! The AKS OAuth Proxy's Spin component. People sign in once with Microsoft Entra. From then on it
//! acts with their identity.
//!
//! All code here decides, and none reaches out. Time, randomness, the store and HTTP come through
//! [`platform`]. [`dispatch::respond`] is the only way in. `spin/` is the adapter that calls it in
//! a Spin host. Each route in `routes` is a function of its own in `spin.toml`.
//!
//! `docs/code.md` has the floor plan. Imports lead from a higher floor to a lower one.
//! `cargo xtask check` checks this.

pub mod addresses;
pub mod admission;
pub mod aks;
pub mod apps;
pub mod call;
mod carrier;
mod desk;
pub mod dispatch;
pub mod entra;
pub mod entra_error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod gate;
pub mod kubelogin;
mod kubernetes;
pub mod log;
pub mod outbound;
mod pages;
pub mod platform;
pub mod problem;
pub mod request;
mod rescue;
pub mod respond;
mod routes;
pub mod session;
pub mod settings;
mod sidecar;
#[cfg(target_arch = "wasm32")]
mod spin;
pub mod store;
pub mod terms;
pub mod texts;
