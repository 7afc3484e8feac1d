//! The two ways to write the list: a list in JSON (RFC 8259), or tables `[[upstream]]` in TOML 1.0.

use serde::Deserialize;
use serde_json::Value;

/// A document in TOML.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    upstream: Vec<Value>,
}

/// The entries of `text`. Its first characters tell what it is: a list of objects in JSON begins as no table of TOML
/// does.
pub(super) fn entries(text: &str) -> Result<Vec<Value>, String> {
    let mut begin = text.chars().filter(|character| !character.is_whitespace());
    match (begin.next(), begin.next()) {
        (Some('['), Some('{' | ']') | None) | (Some('{') | None, _) => json(text),
        _ => toml(text),
    }
}

fn json(text: &str) -> Result<Vec<Value>, String> {
    let entries = serde_json::from_str(text);
    entries.map_err(|error| format!("is no JSON list of upstreams ({error})"))
}

fn toml(text: &str) -> Result<Vec<Value>, String> {
    let document: Result<Document, _> = toml::from_str(text);
    let document = document.map_err(|error| {
        let begin = error.span().map_or(0, |span| span.start);
        let line = 1 + text
            .bytes()
            .take(begin)
            .filter(|byte| *byte == b'\n')
            .count();
        let what = error.message().replace('\n', " ");
        format!("is no TOML with tables `[[upstream]]` ({what} at line {line})")
    });
    Ok(document?.upstream)
}
