//! The AKS OAuth Proxy's Spin component: people sign in once with Microsoft Entra, and from then on
//! it acts with their identity.
//!
//! Everything in here decides and nothing reaches out: time, randomness, the store and HTTP come
//! through [`platform`]. [`function::respond`] is the one way in; `spin/` is the adapter that calls
//! it in a Spin host. Each file of `routes` is a function of its own in `spin.toml`.

pub mod admission;
pub mod aks;
mod client_address;
pub mod entra;
pub mod entra_error;
pub mod errors;
pub mod function;
pub mod kubelogin;
pub mod kubernetes;
pub mod log;
pub mod outbound;
mod pages;
pub mod platform;
pub mod request;
pub mod respond;
mod routes;
pub mod session;
pub mod settings;
mod sidecar;
#[cfg(target_arch = "wasm32")]
mod spin;
pub mod terms;
