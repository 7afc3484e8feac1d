//! The resources of `wasi:keyvalue` for the bindings.

use crate::key_value::Backend;

#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
/// An open store. Public only because the generated bindings name it.
pub struct Bucket {
    pub(super) label: String,
    pub(super) backend: Backend,
}

#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
/// A compare-and-swap: never made, since Redis has none that works (see `docs/adr`).
pub enum Cas {}
