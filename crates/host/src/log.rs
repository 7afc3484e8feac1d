//! The host's own log lines about components.

use std::fmt::Display;

use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use traces::Trace;

/// Logs `event` of `component` as a JSON line.
pub(crate) fn event(event: &str, component: &str, detail: &dyn Display) {
    of_request(event, component, detail, &Trace::default());
}

/// The same, for the request of `trace`.
pub(crate) fn of_request(event: &str, component: &str, detail: &dyn Display, trace: &Trace) {
    let time = OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default();
    let detail = format!("{detail:#}");
    let mut line =
        json!({ "time": time, "event": event, "component": component, "detail": detail });
    if let (Some(line), Some(id)) = (line.as_object_mut(), trace.id()) {
        line.insert("trace_id".to_owned(), id.into());
    }
    eprintln!("{line}");
}

/// Logs `event` of the host itself with its outcome, as a JSON line.
pub(crate) fn line(event: &str, outcome: &str, detail: &str) {
    let time = OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default();
    let mut line = json!({ "time": time, "event": event, "outcome": outcome });
    if let Some(line) = line.as_object_mut().filter(|_| !detail.is_empty()) {
        line.insert("detail".to_owned(), detail.into());
    }
    eprintln!("{line}");
}
