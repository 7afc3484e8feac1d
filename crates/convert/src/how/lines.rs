//! What all of them use.

use crate::row::Line::{self, Note, Setting};

/// The one value of a flag.
pub(super) fn one(values: &[String]) -> &str {
    values.last().map_or("", String::as_str)
}

/// A sentence.
pub(super) fn note(sentence: impl Into<String>) -> Vec<Line> {
    vec![Note(sentence.into())]
}

/// Whether it is written as GUIDs are.
pub(super) fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// A list, unless it is empty.
pub(super) fn list<'a>(name: &'static str, entries: impl Iterator<Item = &'a str>) -> Vec<Line> {
    let entries: Vec<_> = entries.collect();
    match entries.is_empty() {
        true => Vec::new(),
        false => vec![Setting(name, entries.join(","))],
    }
}

/// A switch that is a setting.
pub(super) fn switch(name: &'static str, values: &[String]) -> Vec<Line> {
    match one(values) {
        value @ ("true" | "false") => vec![Setting(name, value.to_owned())],
        _ => note("not taken: it is neither true nor false"),
    }
}
