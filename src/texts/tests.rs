//! Finds every text that a language lacks.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeSet;

use super::claims;
use super::en::{CLAIMS, FOR_PEOPLE, TEXTS};
use super::language::Language;
use super::text::{Part, parts};
use crate::entra_error::{EntraError, explanation};

/// The languages that are translated.
fn others() -> impl Iterator<Item = Language> {
    let all = Language::ALL.into_iter();
    all.filter(|language| *language != Language::English)
}

fn places(text: &str) -> BTreeSet<&str> {
    parts(text)
        .filter_map(|part| match part {
            Part::Place(name) => Some(name),
            Part::Words(_) => None,
        })
        .collect()
}

#[test]
fn no_language_lacks_a_text() {
    for language in others() {
        let tag = language.tag();
        for text in TEXTS {
            let other = language.text(text.name);
            let other = other.unwrap_or_else(|| panic!("{tag} lacks {}", text.name));
            assert_eq!(places(other), places(text.english), "{tag}: {}", text.name);
        }
        for sentence in FOR_PEOPLE {
            let other = language.sentence(sentence.name);
            let (title, detail) = other.unwrap_or_else(|| panic!("{tag} lacks {}", sentence.name));
            assert!(!title.is_empty() && !title.ends_with('.'), "{tag}: {title}");
            let expected = places(sentence.detail);
            assert_eq!(places(detail), expected, "{tag}: {}", sentence.name);
        }
        for (name, _) in CLAIMS {
            assert!(
                language.claim(name).is_some(),
                "{tag} lacks the claim {name}"
            );
        }
    }
}

/// What Entra's codes mean stands in other sentences.
#[test]
fn no_language_lacks_what_a_code_of_entras_means() {
    let of_codes = (0..8_000_000).filter_map(explanation);
    let errors = [
        "access_denied",
        "invalid_grant",
        "invalid_client",
        "anything",
    ];
    let of_errors = errors.map(|error| EntraError::from_callback(error, "").explanation());
    let all: BTreeSet<&str> = of_codes.chain(of_errors).collect();
    for language in others() {
        for english in &all {
            let other = language.value(english);
            assert!(other.is_some(), "{} lacks: {english}", language.tag());
        }
    }
}

/// A misspelt name would be a translation that nobody sees.
#[test]
fn no_language_translates_what_is_not_there() {
    let names: BTreeSet<&str> = TEXTS.iter().map(|text| text.name).collect();
    let sentences: BTreeSet<&str> = FOR_PEOPLE.iter().map(|sentence| sentence.name).collect();
    for (name, _) in super::de::TEXTS {
        assert!(names.contains(name), "{name}");
    }
    for (name, ..) in super::de::SENTENCES {
        assert!(sentences.contains(name), "{name}");
    }
    for (name, _) in super::de::CLAIMS {
        assert!(claims::meaning(name, Language::English).is_some(), "{name}");
    }
    assert_eq!(names.len(), super::de::TEXTS.len());
    assert_eq!(sentences.len(), super::de::SENTENCES.len());
}

#[test]
fn the_browser_says_which_language() {
    let chosen = |values: &[&str]| Language::accepted(values.iter().copied());
    for (values, expected) in [
        (&["de"][..], Some(Language::German)),
        (&["de-AT,de;q=0.9,en;q=0.8"], Some(Language::German)),
        (&["en-GB,de;q=0.9"], Some(Language::English)),
        (&["fr, de;q=0.5, en;q=0.7"], Some(Language::English)),
        (&["fr", "DE"], Some(Language::German)),
        (&["de;q=0, en;q=0.1"], Some(Language::English)),
        (&["de;q=0"], None),
        (&["fr,*;q=0.1"], None),
        (&["de;q=x"], None),
        (&["", ",;,"], None),
        (&[], None),
    ] {
        assert_eq!(chosen(values), expected, "{values:?}");
    }
}

#[test]
fn a_value_of_the_codes_is_translated_and_keeps_its_space() {
    let values = [("explanation", " The sign-in has expired.".to_owned())];
    let detail = super::en::DEVICE_CODE_REFUSED.detail_in(Language::German, &values);
    let expected = "Microsoft Entra hat keinen Gerätecode gegeben. Die Anmeldung ist abgelaufen.";
    assert_eq!(detail, expected);
    let values = [("explanation", " Something new.".to_owned())];
    let detail = super::en::DEVICE_CODE_REFUSED.detail_in(Language::German, &values);
    assert!(detail.ends_with("gegeben. Something new."), "{detail}");
}
