//! The Python with the official Kubernetes client.

use std::env;
use std::path::PathBuf;

/// The Python with the client, installed by `cargo xtask test`.
pub fn python() -> Option<PathBuf> {
    let found = env::var_os("E2E_PYTHON").map(PathBuf::from);
    if found.is_none() {
        assert!(
            env::var_os("CI").is_none(),
            "in CI there must be the Python client"
        );
        eprintln!("skipped: there is no Python with the official client (E2E_PYTHON)");
    }
    found
}
