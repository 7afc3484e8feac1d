//! How the component is linked.

use std::env;

/// The memory that an instance has from its start, in bytes. A request needs two pages more than the
/// 18 that the linker counts, and each time that memory grows, and when it is taken back, the host
/// changes the protection of pages. Pages that nobody touches cost nothing.
const MEMORY: u32 = 24 * 64 * 1024;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "wasm32") {
        println!("cargo::rustc-link-arg-cdylib=--initial-memory={MEMORY}");
    }
}
