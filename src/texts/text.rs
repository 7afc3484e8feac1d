//! What a text is, and how values get into it.

use std::borrow::Cow;

use super::language::Language;

/// A text of a page, with placeholders for values: `{name}`.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Its name, by which other languages know it.
    pub(super) name: &'static str,
    /// In English.
    pub(super) english: &'static str,
}

impl Text {
    /// The text in `language`.
    pub fn to(&self, language: Language) -> &'static str {
        language.text(self.name).unwrap_or(self.english)
    }

    /// The text in `language`, with `values` in its placeholders.
    pub fn filled(&self, language: Language, values: &[(&str, &str)]) -> String {
        fill(self.to(language), |name| {
            let value = values.iter().find(|(known, _)| *known == name);
            Cow::Borrowed(value.map_or("", |(_, value)| value))
        })
    }
}

/// What clients are told about an error.
#[derive(Debug)]
pub struct Sentence {
    /// Its name, by which other languages know it.
    pub(super) name: &'static str,
    /// The kind of problem: the last part of its `type`. It never changes.
    pub kind: &'static str,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What happened and what to do, with placeholders for values: `{name}`.
    pub detail: &'static str,
}

impl Sentence {
    /// The title in `language`.
    pub fn title_in(&self, language: Language) -> &'static str {
        let other = language.sentence(self.name);
        other.map_or(self.title, |(title, _)| title)
    }

    /// The detail in `language`, with `values` in their placeholders. A value is never searched for
    /// placeholders. Those that the code wrote in words (`IN_WORDS`) are translated too.
    pub fn detail_in(&self, language: Language, values: &[(&'static str, String)]) -> String {
        let other = language.sentence(self.name);
        fill(other.map_or(self.detail, |(_, detail)| detail), |name| {
            let value = values.iter().find(|(known, _)| *known == name);
            match value {
                Some((_, value)) if IN_WORDS.contains(&name) => translated(language, value),
                Some((_, value)) => Cow::Borrowed(value),
                None => Cow::Borrowed(""),
            }
        })
    }
}

/// The placeholders for words of the code's. All others are for names and numbers.
const IN_WORDS: [&str; 2] = ["explanation", "what"];

/// Words of the code's in `language`. Where they follow a sentence, they have a space before them.
pub(super) fn translated(language: Language, value: &str) -> Cow<'_, str> {
    let words = value.trim_start();
    let found = language.values().iter().find_map(|(english, other)| {
        let inner = held(english, words)?;
        Some(fill(other, |_| translated(language, inner)))
    });
    match found {
        Some(other) => {
            let space = value.strip_suffix(words).unwrap_or_default();
            Cow::Owned(format!("{space}{other}"))
        }
        None => Cow::Borrowed(value),
    }
}

/// What is in the place of `pattern`, if `text` is that pattern with something in its place. Without a
/// place it has to be the same text.
fn held<'a>(pattern: &str, text: &'a str) -> Option<&'a str> {
    match pattern.split_once('{') {
        None => (pattern == text).then_some(""),
        Some((before, rest)) => {
            let (_, after) = rest.split_once('}')?;
            text.strip_prefix(before)?.strip_suffix(after)
        }
    }
}

/// A part of a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part<'a> {
    /// Words.
    Words(&'a str),
    /// The name of a placeholder.
    Place(&'a str),
}

/// The parts of `text`, in their order.
pub fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    text.split('{').enumerate().flat_map(|(number, piece)| {
        let (place, words) = match number {
            0 => (None, piece),
            _ => match piece.split_once('}') {
                Some((place, words)) => (Some(place), words),
                None => (Some(piece), ""),
            },
        };
        place
            .map(Part::Place)
            .into_iter()
            .chain([Part::Words(words)])
    })
}

fn fill<'a>(text: &str, value: impl Fn(&str) -> Cow<'a, str>) -> String {
    parts(text)
        .map(|part| match part {
            Part::Words(words) => Cow::Borrowed(words),
            Part::Place(name) => value(name),
        })
        .collect()
}
