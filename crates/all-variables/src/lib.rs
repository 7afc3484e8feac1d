//! All variables of a component, in one answer of the host (ADR 0041).
//!
//! Spin answers one variable per question. Our own host also answers for [`NAME`], with all variables in one
//! text. For other hosts this variable does not exist.
//!
//! Each variable is a line with its name and the length of its value in bytes, then the value and a line
//! break. So a value may hold any text.

use std::fmt::Write;
use std::ops::Range;

/// The name of the variable that holds all others.
pub const NAME: &str = "all_variables";

/// Writes `variables`: names without white space, and their values.
pub fn write<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in variables {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name} {}\n{value}", value.len());
    }
    text
}

/// All variables of a component.
pub struct AllVariables {
    text: String,
    /// The ranges of each name and its value.
    places: Vec<(Range<usize>, Range<usize>)>,
}

impl AllVariables {
    /// Reads what [`write()`] has written; `None` for any other text.
    pub fn read(text: String) -> Option<Self> {
        let (mut places, mut at) = (Vec::new(), 0);
        while at < text.len() {
            let (head, _) = text.get(at..)?.split_once('\n')?;
            let (name, length) = head.split_once(' ')?;
            let value = at + head.len() + 1;
            let end = value.checked_add(length.parse().ok()?)?;
            text.get(end..)?.strip_prefix('\n')?;
            places.push((at..at + name.len(), value..end));
            at = end + 1;
        }
        Some(Self { text, places })
    }

    /// The value of `name`, if there is such a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        let is_called = |place: &Range<usize>| {
            place.len() == name.len() && self.text.get(place.clone()) == Some(name)
        };
        let (_, value) = self.places.iter().find(|(place, _)| is_called(place))?;
        self.text.get(value.clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{AllVariables, write};

    #[test]
    fn what_is_written_is_read() {
        let variables = [
            ("function", "whoami"),
            ("empty", ""),
            ("lines", "one 3\ntwo\n\nthree\n"),
            ("word", "gr\u{fc}n \u{1f600}"),
            ("word_2", "word 1\nx"),
        ];
        let read = AllVariables::read(write(variables)).unwrap();
        for (name, value) in variables {
            assert_eq!(read.get(name), Some(value), "{name}");
        }
        assert_eq!((read.get("two"), read.get("wor")), (None, None));
    }

    #[test]
    fn no_variables_are_none() {
        assert_eq!(AllVariables::read(write([])).unwrap().get("a"), None);
    }

    #[test]
    fn anything_else_is_not_read() {
        for text in [
            "\n",
            "a",
            "a 1",
            "a 1\n",
            "a 1\nx",
            "a 1\nxy\n",
            "a 2\nx\n",
            "a\nx\n",
            "a -1\nx\n",
            "a x\nx\n",
            "a 1\n\u{e9}\n",
            "a 18446744073709551615\nx\n",
            "a 1\nx\nb",
        ] {
            assert!(AllVariables::read(text.to_owned()).is_none(), "{text:?}");
        }
    }
}
