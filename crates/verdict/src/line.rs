//! Log lines, written alike by component and carriers: one JSON object per event.

use serde::Serialize;
use serde_json::Value;

/// The longest line, in bytes. WASI's adapter writes this much at once, so that no other output gets into a
/// line.
const LONGEST: usize = 4000;
/// The longest texts in a line that is too long, in bytes, tried in this order until it fits. JSON escapes a
/// byte with at most six.
const LONGEST_TEXTS: [usize; 4] = [256, 128, 64, 16];

/// One line about `event` at `time` (RFC 3339). If the line is too long, its texts are cut.
#[must_use]
pub fn line(time: &str, event: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Line<'a, E> {
        time: &'a str,
        #[serde(flatten)]
        event: &'a E,
    }
    let line = Line { time, event };
    // Maps of strings and numbers always serialise.
    let text = serde_json::to_string(&line).unwrap_or_default();
    if text.len() <= LONGEST {
        return text;
    }
    let mut line = serde_json::to_value(&line).unwrap_or_default();
    let shorter = LONGEST_TEXTS.iter().map(|longest| {
        cut(&mut line, *longest);
        line.to_string()
    });
    let fitting = shorter.into_iter().find(|text| text.len() <= LONGEST);
    fitting.unwrap_or_default()
}

/// Cuts every text, and ends it with an ellipsis.
fn cut(value: &mut Value, longest: usize) {
    match value {
        Value::String(text) if text.len() > longest => {
            let end = text.floor_char_boundary(longest);
            text.truncate(end);
            text.push('\u{2026}');
        }
        Value::Array(values) => values.iter_mut().for_each(|value| cut(value, longest)),
        Value::Object(members) => members.values_mut().for_each(|value| cut(value, longest)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use serde_json::{Value, json};

    use super::{LONGEST, line};

    const TIME: &str = "2026-11-22T02:39:42Z";

    #[test]
    fn a_line_is_bounded_and_whole() {
        for text in [
            "x".repeat(120_000),
            "\u{e9}".repeat(3000),
            "\u{1}".repeat(3000),
        ] {
            let event = json!({ "event": "kubernetes", "path": text, "name": text });
            let line = line(TIME, &event);
            assert!(line.len() <= LONGEST, "{}", line.len());
            let line: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(line["event"], "kubernetes");
            assert_eq!(line["time"], TIME);
            let path = line["path"].as_str().unwrap();
            assert!(
                path.ends_with('\u{2026}') && text.starts_with(path.trim_end_matches('\u{2026}'))
            );
        }
    }

    #[test]
    fn what_fits_is_left_alone() {
        let line = line(TIME, &json!({ "detail": "x".repeat(1000) }));
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["detail"].as_str().unwrap().len(), 1000);
    }
}
