//! The line that says where this process listens.

use serde_json::json;

/// Tells whoever started this where it listens.
pub(crate) fn announce(origin: &str) {
    println!("{}", json!({ "event": "listening", "url": origin }));
}
