//! The languages of the pages.

use super::de;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Language {
    /// English, in which everything is written first.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What it calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language with this tag, in any case. A tag may say more: `de-AT` is German.
    pub fn tagged(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        let mut all = Self::ALL.into_iter();
        all.find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language that `Accept-Language` prefers, given its values (RFC 9110, section 12.5.4).
    /// Nothing if it names none of ours.
    pub fn accepted<'a>(values: impl Iterator<Item = &'a str>) -> Option<Self> {
        let ranges = values.flat_map(|value| value.split(',')).map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            (tag.trim(), weight.parse::<f32>().unwrap_or(0.0))
        });
        let mut best: Option<(Self, f32)> = None;
        for (tag, weight) in ranges {
            let better = weight > best.map_or(0.0, |(_, weight)| weight);
            if let Some(language) = Self::tagged(tag).filter(|_| better) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    /// Its text of this name, if it is not English and has one.
    pub(super) fn text(self, name: &str) -> Option<&'static str> {
        match self {
            Self::English => None,
            Self::German => found(de::TEXTS, name),
        }
    }

    /// Title and detail of its sentence of this name, if it is not English and has one.
    pub(super) fn sentence(self, name: &str) -> Option<(&'static str, &'static str)> {
        match self {
            Self::English => None,
            Self::German => {
                let mut all = de::SENTENCES.iter();
                let (_, title, detail) = all.find(|(known, ..)| *known == name)?;
                Some((*title, *detail))
            }
        }
    }

    /// What the code writes in English as a value of a sentence, and what it says for it. A value with
    /// a `{place}` stands for all texts that have something in that place.
    pub(super) fn values(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::English => &[],
            Self::German => de::VALUES,
        }
    }

    /// What it says about the claim `name`, if it is not English and has it.
    pub(super) fn claim(self, name: &str) -> Option<&'static str> {
        match self {
            Self::English => None,
            Self::German => found(de::CLAIMS, name),
        }
    }
}

fn found(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    let mut all = table.iter();
    all.find(|(known, _)| *known == name).map(|(_, text)| *text)
}
