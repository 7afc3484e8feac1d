//! Log lines on stderr: JSON, one line an event, with no token in any.

use std::io::{self, Write};

use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What came of asking for a token.
pub(crate) fn line(outcome: &str, detail: &str) {
    let time = OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default();
    let line = json!({
        "time": time,
        "event": "redis_token",
        "outcome": outcome,
        "detail": detail,
    });
    // Nobody is left to tell if stderr is closed, and that must not stop anything.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
