//! Code shared by the fuzz targets. Each target asserts what must hold for any input from a client.
//! `README.md` has the list.

pub mod answers;
pub mod html;
pub mod input;
pub mod proxy;
pub mod serving;
pub mod settings;
pub mod signed;
pub mod world;

// The host's own files, from which `serving` is built. The whole crate would need wasmtime.
#[path = "../../crates/host/src/authority.rs"]
mod authority;
#[allow(dead_code, reason = "not all of the host is here")]
#[path = "../../crates/host/src/body.rs"]
mod body;
#[allow(dead_code, reason = "not all of the host is here")]
#[path = "../../crates/host/src/headers.rs"]
mod headers;
#[path = "../../crates/host/src/hop_by_hop.rs"]
mod hop_by_hop;
#[allow(dead_code, reason = "not all of the host is here")]
#[path = "../../crates/host/src/refusal.rs"]
mod refusal;
#[allow(dead_code, reason = "not all of the host is here")]
#[path = "../../crates/host/src/routes.rs"]
mod routes;
