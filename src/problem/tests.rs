//! Compares the sentences with each other and with the documentation.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeSet;

use super::told::Problem;
use crate::texts::Sentence;
use crate::texts::en::{self as sentences, FOR_KUBECTL, FOR_PEOPLE};

fn all() -> impl Iterator<Item = &'static Sentence> {
    FOR_PEOPLE.iter().chain(FOR_KUBECTL).copied()
}

#[test]
fn every_kind_is_documented_and_nothing_else_is() {
    let kinds: BTreeSet<&str> = all().map(|sentence| sentence.kind).collect();
    let document = include_str!("../../docs/errors.md");
    let rows = document.lines().filter(|line| line.starts_with("| `"));
    let documented: BTreeSet<&str> = rows
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|name| !MEMBERS.contains(name))
        .collect();
    assert_eq!(documented, kinds);
}

/// The members of the document, which the first table of that page lists.
const MEMBERS: [&str; 10] = [
    "type",
    "detail",
    "request_id",
    "login",
    "entra",
    "logout",
    "device_code",
    "rule",
    "settings",
    "start",
];

#[test]
fn values_stand_in_their_places_and_are_not_searched() {
    let problem = Problem::new(400, &sentences::BAD_PARAMETER)
        .with("name", "{what}")
        .with("what", "is {name}");
    assert_eq!(problem.detail(), "The parameter `{what}` is {name}.");
    let without = Problem::new(400, &sentences::DEVICE_CODE_REFUSED);
    assert_eq!(without.detail(), "Microsoft Entra gave no device code.");
}

#[test]
fn a_sentence_is_written_to_its_end() {
    for sentence in all() {
        let places = sentence.detail.matches('{').count();
        assert_eq!(places, sentence.detail.matches('}').count());
        let torn = ["  ", "- "];
        let is_whole = torn.iter().all(|torn| !sentence.detail.contains(torn));
        assert!(is_whole, "{}", sentence.detail);
        assert!(!sentence.title.ends_with('.'), "{}", sentence.title);
    }
}
