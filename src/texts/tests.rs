//! Finds every text that a language lacks.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::claims;
use super::en::{CLAIMS, FOR_PEOPLE, TEXTS};
use super::language::Language;
use super::text::{Part, parts, translated};
use crate::apps::Undescribed;
use crate::entra::InvalidToken;
use crate::entra_error::{EntraError, explanation};
use crate::problem::Tell;

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
    for text in all {
        is_translated(text);
    }
}

fn is_translated(english: &str) {
    for language in others() {
        let other = translated(language, english);
        assert_ne!(other, english, "{} lacks it", language.tag());
    }
}

#[test]
fn no_language_lacks_what_is_wrong_with_a_token() {
    for invalid in [
        InvalidToken::Missing,
        InvalidToken::Malformed,
        InvalidToken::Algorithm,
        InvalidToken::UnknownKey("kid".to_owned()),
        InvalidToken::Signature,
        InvalidToken::MalformedClaims,
        InvalidToken::Claim("oid"),
        InvalidToken::Mismatch("oid"),
        InvalidToken::Expired,
        InvalidToken::NotYetValid,
    ] {
        is_translated(&invalid.to_string());
    }
    let nested = format!("its ID token: {}", InvalidToken::Mismatch("oid"));
    let other = translated(Language::German, &nested);
    let expected = "sein ID-Token: sein Claim `oid` hat nicht den erwarteten Wert";
    assert_eq!(other, expected);
}

#[test]
fn no_language_lacks_what_is_not_known_of_a_request() {
    for undescribed in [
        Undescribed::NoProfile,
        Undescribed::NotTrusted,
        Undescribed::Missing("X-Original-URL"),
        Undescribed::Repeated("X-Original-URL"),
        Undescribed::Malformed("X-Original-URL"),
    ] {
        let note = undescribed.note().unwrap().detail.unwrap();
        is_translated(&note);
    }
}

/// The code says what is wrong with a parameter where it reads it.
#[test]
fn no_language_lacks_what_is_wrong_with_a_parameter() {
    let mut found = BTreeSet::new();
    each_source(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut |source| {
            for call in source.split("Parameter(").skip(1) {
                let arguments = call.split(')').next().unwrap_or_default();
                let literals: Vec<&str> = arguments.split('"').skip(1).step_by(2).collect();
                found.extend(literals.get(1).map(|what| (*what).to_owned()));
            }
        },
    );
    assert!(found.contains("is missing"), "{found:?}");
    for what in &found {
        is_translated(what);
    }
}

fn each_source(folder: &Path, look: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = path.components().any(|part| part.as_os_str() == "tests");
        if path.is_dir() && !is_test {
            each_source(&path, look);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("tests.rs")
        {
            look(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// A name that somebody chose is not a text of ours, whatever it is.
#[test]
fn names_are_not_translated() {
    let user = ("user", "The sign-in has expired; sign in again.".to_owned());
    let setting = ("setting", "ALLOWED_USERS".to_owned());
    let detail = super::en::NOT_ADMITTED_BY_USERS.detail_in(Language::German, &[user, setting]);
    assert!(detail.starts_with("The sign-in has expired"), "{detail}");
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
    let values = [(
        "explanation",
        " The sign-in has expired; sign in again.".to_owned(),
    )];
    let detail = super::en::DEVICE_CODE_REFUSED.detail_in(Language::German, &values);
    let expected = "Microsoft Entra hat keinen Gerätecode gegeben. Die Anmeldung ist abgelaufen; melden Sie sich noch einmal an.";
    assert_eq!(detail, expected);
    let values = [("explanation", " Something new.".to_owned())];
    let detail = super::en::DEVICE_CODE_REFUSED.detail_in(Language::German, &values);
    assert!(detail.ends_with("gegeben. Something new."), "{detail}");
}
