//! All that was found.

use serde::Serialize;

use crate::row::{Row, Status};
use crate::table;

/// The rows, in the order in which they are to be read.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Whether nothing has failed.
    ok: bool,
    checks: Vec<Row>,
}

impl Report {
    pub(crate) fn new(checks: Vec<Row>) -> Self {
        let ok = !checks.iter().any(|row| row.status == Status::Failed);
        Self { ok, checks }
    }

    /// Whether nothing has failed. Warnings are no failure.
    pub fn is_well(&self) -> bool {
        self.ok
    }

    /// As JSON on one line: `{"ok": …, "checks": [{"name", "status", "seen", "remedy"}]}`.
    ///
    /// # Errors
    /// When serde_json fails. It does not for these types.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// As a table for people, with the colours of a terminal.
    pub fn table(&self) -> String {
        table::write(&self.checks)
    }
}
