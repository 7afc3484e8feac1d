//! The linker's imports.

use wasmtime::component::{HasSelf, Linker};

use super::bindings::fermyon::spin::variables;
use super::bindings::wasi::keyvalue::{atomics, batch, store};
use super::state::State;

/// Adds everything that a component may import.
pub(crate) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    store::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    atomics::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    batch::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    variables::add_to_linker::<_, HasSelf<State>>(linker, |state| state)
}
