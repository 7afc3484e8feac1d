//! The tables: whole, and without contradictions.

use std::collections::BTreeSet;

use aks_oauth_proxy_component::settings::native::NATIVE;
use aks_oauth_proxy_component::settings::table::COMPONENT;

use crate::row::{Fate, Program};
use crate::{KUBE_OIDC_PROXY, OAUTH2_PROXY, guide};

const PROGRAMS: [(&Program, &str); 2] = [
    (
        &OAUTH2_PROXY,
        include_str!("../../../../docs/moving/from-oauth2-proxy.md"),
    ),
    (
        &KUBE_OIDC_PROXY,
        include_str!("../../../../docs/moving/from-kube-oidc-proxy.md"),
    ),
];

#[test]
fn the_guides_have_the_tables() {
    for (program, page) in PROGRAMS {
        let (_, rest) = page.split_once("<!-- flags -->\n").unwrap();
        let (written, _) = rest.split_once("<!-- /flags -->").unwrap();
        let wanted = guide(program);
        assert!(
            written.trim() == wanted.trim(),
            "the table of {} should be:\n{wanted}",
            program.name
        );
    }
}

#[test]
fn every_setting_that_a_flag_becomes_is_one_of_ours() {
    let ours: BTreeSet<&str> = COMPONENT
        .iter()
        .chain(NATIVE)
        .map(|setting| setting.name())
        .collect();
    for (program, _) in PROGRAMS {
        let becomes = program.rows().filter_map(|row| match row.fate {
            Fate::Becomes { what, .. } => Some(what),
            _ => None,
        });
        let presets = program.presets.iter().map(|(name, _)| name);
        let names = becomes.flatten().chain(presets);
        for name in names.filter(|name| !["runtime-config.toml", "store.redis.url"].contains(name))
        {
            assert!(ours.contains(name), "{name}");
        }
    }
}

#[test]
fn no_flag_stands_twice() {
    for (program, _) in PROGRAMS {
        let mut seen = BTreeSet::new();
        for flag in program.rows().flat_map(|row| row.flags) {
            assert!(seen.insert(flag), "{}: {flag}", program.name);
        }
    }
}

/// Their source has so many (`pkg/apis/options` and `main.go` of 7.15.3).
#[test]
fn every_flag_of_oauth2_proxy_is_there() {
    let flags = OAUTH2_PROXY.rows().flat_map(|row| row.flags).count();
    assert_eq!(flags, NUMBER_OF_FLAGS);
}

const NUMBER_OF_FLAGS: usize = 172;

#[test]
fn no_sentence_breaks_the_table() {
    for (program, _) in PROGRAMS {
        for row in program.rows() {
            let (Fate::Becomes { note: sentence, .. }
            | Fate::Always(sentence)
            | Fate::Elsewhere(sentence)
            | Fate::NotYet(sentence)
            | Fate::Nothing(sentence)) = row.fate;
            assert!(!sentence.contains(['|', '\n']), "{sentence}");
        }
    }
}
