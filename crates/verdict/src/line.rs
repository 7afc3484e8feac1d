//! Lines of the log, which component and carriers write alike: JSON, one line an event.

use serde::Serialize;
use serde_json::Value;

/// The longest line, in bytes. WASI's adapter writes so much at once: a line is one write, which nothing
/// that others write at the time can divide.
const LONGEST: usize = 4000;
/// The longest text in a line that would be too long, in bytes: as long as the line fits. A byte is six
/// at most in JSON.
const LONGEST_TEXTS: [usize; 4] = [256, 128, 64, 16];

/// One line about `event`, which has happened at `time` (RFC 3339). The texts of a line that would be too long
/// are cut.
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

/// Cuts every text. What is cut ends in an ellipsis.
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
