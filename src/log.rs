//! Log lines: JSON, one line per event, without secrets.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::entra_error::EntraError;
use crate::platform::{Clock, Console};
use crate::terms::User;

/// One event.
#[derive(Default, Serialize)]
pub struct Event<'a> {
    /// What happened, such as `sign_in`, `interaction`, `refresh`, `sign_out`, `refusal` or
    /// `fault`.
    pub event: &'static str,
    /// The function in which it happened.
    pub route: &'static str,
    /// How it ended.
    pub outcome: &'a str,
    /// The request's id, which the answer has too.
    pub request_id: &'a str,
    /// A fingerprint of the session's handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The user's object id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oid: Option<&'a str>,
    /// The user's tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tid: Option<&'a str>,
    /// What Entra said, with its ids. A claims challenge is left out: it is between Entra and us.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "without_claims"
    )]
    pub entra: Option<&'a EntraError>,
    /// For the engineer on call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'a str>,
}

impl<'a> Event<'a> {
    /// With the user's ids.
    pub fn of(self, user: &'a User) -> Self {
        Self {
            oid: Some(&user.oid),
            tid: Some(&user.tid),
            ..self
        }
    }

    /// Writes the line.
    pub fn log(&self, platform: &(impl Clock + Console)) {
        write(platform, self);
    }
}

/// The longest line, in bytes. WASI's adapter writes so much at once: a line is one write, which nothing
/// that others write at the time can divide.
const LONGEST: usize = 4000;
/// The longest text in a line that would be too long, in bytes: as long as the line fits. A byte is six
/// at most in JSON.
const LONGEST_TEXTS: [usize; 4] = [256, 128, 64, 16];

/// Writes one line about `event`, with the time. The texts of a line that would be too long are cut.
pub fn write(platform: &(impl Clock + Console), event: &impl Serialize) {
    #[derive(Serialize)]
    struct Line<'a, E> {
        time: String,
        #[serde(flatten)]
        event: &'a E,
    }
    let line = Line {
        time: platform.now().rfc3339(),
        event,
    };
    // Maps of strings and numbers always serialise.
    let text = serde_json::to_string(&line).unwrap_or_default();
    if text.len() <= LONGEST {
        return platform.print(&text);
    }
    let mut line = serde_json::to_value(&line).unwrap_or_default();
    let shorter = LONGEST_TEXTS.iter().map(|longest| {
        cut(&mut line, *longest);
        line.to_string()
    });
    let fitting = shorter.into_iter().find(|text| text.len() <= LONGEST);
    platform.print(&fitting.unwrap_or_default());
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

#[allow(clippy::ref_option, reason = "serde wants this signature")]
fn without_claims<S: Serializer>(
    error: &Option<&EntraError>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    error.map(EntraError::without_claims).serialize(serializer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use serde_json::{Value, json};

    use super::{LONGEST, write};
    use crate::platform::double::World;

    #[test]
    fn a_line_is_bounded_and_whole() {
        for text in [
            "x".repeat(120_000),
            "\u{e9}".repeat(3000),
            "\u{1}".repeat(3000),
        ] {
            let world = World::new();
            write(
                &world,
                &json!({ "event": "kubernetes", "path": text, "name": text }),
            );
            let lines = world.lines.borrow();
            assert!(lines[0].len() <= LONGEST, "{}", lines[0].len());
            let line: Value = serde_json::from_str(&lines[0]).unwrap();
            assert_eq!(line["event"], "kubernetes");
            let path = line["path"].as_str().unwrap();
            assert!(
                path.ends_with('\u{2026}') && text.starts_with(path.trim_end_matches('\u{2026}'))
            );
        }
    }

    #[test]
    fn what_fits_is_left_alone() {
        let world = World::new();
        write(&world, &json!({ "detail": "x".repeat(1000) }));
        let line: Value = serde_json::from_str(&world.lines.borrow()[0]).unwrap();
        assert_eq!(line["detail"].as_str().unwrap().len(), 1000);
    }
}
