//! What a check has found.

use serde::Serialize;

use crate::check::Check;

/// How it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// It may be wrong, or something else is in its way: a person has to look.
    Warning,
    /// People cannot sign in, or not do what they have signed in for.
    Failed,
    /// It was not checked.
    Skipped,
}

/// A row of the report.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Row {
    /// What was checked. A check may have several rows.
    pub name: Check,
    /// How it is.
    pub status: Status,
    /// What was seen, or why nothing was.
    pub seen: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Row {
    pub(crate) fn ok(name: Check, seen: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, seen, None)
    }

    pub(crate) fn warning(name: Check, seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, Status::Warning, seen, Some(remedy.into()))
    }

    pub(crate) fn failed(name: Check, seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, Status::Failed, seen, Some(remedy.into()))
    }

    pub(crate) fn skipped(name: Check, why: impl Into<String>) -> Self {
        Self::new(name, Status::Skipped, why, None)
    }

    fn new(name: Check, status: Status, seen: impl Into<String>, remedy: Option<String>) -> Self {
        Self {
            name,
            status,
            seen: one_line(&seen.into()),
            remedy: remedy.map(|remedy| one_line(&remedy)),
        }
    }
}

/// Of what others have written, no line break and nothing that moves a terminal's cursor gets through.
fn one_line(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Check, Row};

    #[test]
    fn what_others_have_written_stays_on_its_line() {
        let row = Row::failed(Check::Store, "a\nb\u{1b}[31mc", "d\r\n  e");
        assert_eq!(row.seen, "a b [31mc");
        assert_eq!(row.remedy.as_deref(), Some("d e"));
    }
}
