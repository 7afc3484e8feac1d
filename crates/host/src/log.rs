//! The host's own log lines about components.

use std::fmt::Display;
use std::io::{self, Write};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use traces::Trace;

/// Logs `event` of `component` as a JSON line.
pub(crate) fn event(event: &str, component: &str, detail: &dyn Display) {
    of_request(event, component, detail, &Trace::default());
}

/// The same, for the request of `trace`.
pub(crate) fn of_request(event: &str, component: &str, detail: &dyn Display, trace: &Trace) {
    let detail = format!("{detail:#}");
    let line = json!({ "time": now(), "event": event, "component": component, "detail": detail });
    write(&within(line, trace));
}

/// Logs that `refused` requests, the last one for `component` and of `trace`, had no place, and why.
pub(crate) fn overload(component: &str, detail: &str, refused: u64, trace: &Trace) {
    let line = json!({
        "time": now(),
        "event": "overload",
        "component": component,
        "refused": refused,
        "detail": detail,
    });
    write(&within(line, trace));
}

/// Logs `event` of the host itself with its outcome, as a JSON line.
pub(crate) fn line(event: &str, outcome: &str, detail: &str) {
    let mut line = json!({ "time": now(), "event": event, "outcome": outcome });
    if let Some(line) = line.as_object_mut().filter(|_| !detail.is_empty()) {
        line.insert("detail".to_owned(), detail.into());
    }
    write(&line);
}

fn now() -> String {
    let now = OffsetDateTime::now_utc().format(&Rfc3339);
    now.unwrap_or_default()
}

/// `line` with the id of `trace`, if the request is traced.
fn within(mut line: Value, trace: &Trace) -> Value {
    if let (Some(line), Some(id)) = (line.as_object_mut(), trace.id()) {
        line.insert("trace_id".to_owned(), id.into());
    }
    line
}

/// One write: nothing else gets into the line.
fn write(line: &Value) {
    // A closed stderr must not stop the service.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
