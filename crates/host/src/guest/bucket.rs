//! The resources of `wasi:keyvalue`, which the bindings name.

use crate::key_value::Backend;

#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
/// An open store. Public as far as the generated bindings name it, and no further.
pub struct Bucket {
    pub(super) label: String,
    pub(super) backend: Backend,
}

#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
/// A compare-and-swap: never made, since Redis has none that works (see `docs/adr`).
pub enum Cas {}
