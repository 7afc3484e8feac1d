//! The line with this process's address.

use serde_json::json;

/// Prints this process's address, for whatever started it.
pub(crate) fn announce(origin: &str) {
    println!("{}", json!({ "event": "listening", "url": origin }));
}
