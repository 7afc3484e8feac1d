//! The AKS OAuth Proxy's Spin component: people sign in once with Microsoft Entra, and from then on
//! it acts with their identity.
//!
//! Everything in here decides and nothing reaches out: time, randomness, the store and HTTP come
//! through [`platform`]. [`dispatch::respond`] is the one way in; `spin/` is the adapter that calls
//! it in a Spin host. Each file of `routes` is a function of its own in `spin.toml`.
//!
//! `docs/code.md` has the floor plan: imports lead from a higher floor to a lower one, and
//! `cargo xtask check` holds that.

pub mod addresses;
pub mod admission;
pub mod aks;
pub mod call;
pub mod dispatch;
pub mod entra;
pub mod entra_error;
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
