//! What holds for every page, in every language, whatever others wrote into it.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod gallery;
mod hostile;
mod markup;
mod written;

use std::collections::BTreeSet;

use self::gallery::{Names, gallery, view};
use self::hostile::HOSTILE;
use super::assets;
use crate::respond::Response;
use crate::settings::{Icons, Reader};
use crate::texts::Language;

/// The most that a page may weigh with everything, in bytes.
const MOST: usize = 30_000;

fn text(response: &Response) -> String {
    String::from_utf8(response.body().clone()).unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

/// The file of the pages of this name, with the settings that every page has by default.
fn asset(file: &str, digest: &str) -> Option<Response> {
    let icons = Icons::read(&mut Reader::new(&|_| None)).unwrap();
    assets::asset(file, digest, &view(Language::English).branding, &icons)
}

/// All pages in all languages.
fn all(names: &Names) -> Vec<(String, Language, Response)> {
    let languages = Language::ALL.into_iter();
    languages
        .flat_map(|language| {
            let pages = gallery(&view(language), names).into_iter();
            pages.map(move |(name, page)| (name.to_owned(), language, page))
        })
        .collect()
}

#[test]
fn a_page_with_everything_is_light() {
    let whole = |file| asset(file, "").unwrap().body().len();
    let shared = whole("style.css") + whole("script.js");
    for (name, language, page) in all(&Names::mild()) {
        let weight = shared + page.body().len();
        assert!(weight <= MOST, "{name} in {language:?}: {weight}");
    }
}

#[test]
fn a_page_has_what_assistive_technology_needs() {
    for (name, language, page) in all(&Names::mild()) {
        let page = text(&page);
        let html = format!("<html lang=\"{}\">", language.tag());
        assert!(page.contains(&html), "{name}");
        assert_eq!(page.matches("<h1>").count(), 1, "{name}");
        assert_eq!(page.matches("<main ").count(), 1, "{name}");
        let levels = markup::headings(&page);
        assert_eq!(levels.first(), Some(&1), "{name}: {levels:?}");
        let skips = levels
            .windows(2)
            .any(|pair| matches!(pair, [one, next] if *next > one + 1));
        assert!(!skips, "{name}: {levels:?}");
        for input in markup::tags(&page, "input").filter(|tag| !tag.contains("type=\"hidden\"")) {
            let id = markup::attribute(input, "id").unwrap();
            assert!(
                page.contains(&format!("<label for=\"{id}\">")),
                "{name}: {input}"
            );
        }
        let ids: Vec<_> = markup::ids(&page).collect();
        let different: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), different.len(), "{name}: {ids:?}");
        assert!(
            !page.contains("<title> ") && page.contains("</title>"),
            "{name}"
        );
    }
}

/// A policy without `unsafe-inline` is of use only if nothing needs it, and no third party is asked.
#[test]
fn a_page_has_a_strict_policy_and_nothing_inline() {
    for (name, _, page) in all(&Names::mild()) {
        let policy = header(&page, "content-security-policy");
        let wanted =
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; ";
        assert!(policy.starts_with(wanted), "{name}: {policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{name}: {policy}"
        );
        assert_eq!(header(&page, "cache-control"), "no-store", "{name}");
        let page = text(&page);
        for inline in [
            "<style",
            "style=\"",
            "<script>",
            " onclick",
            " onload",
            "javascript:",
        ] {
            assert!(!page.contains(inline), "{name}: {inline}");
        }
        let (icons, sheets): (Vec<_>, Vec<_>) =
            markup::tags(&page, "link").partition(|link| link.contains("rel=\"icon\""));
        // No browser asks for `/favicon.ico`.
        assert_eq!(icons, ["link rel=\"icon\" href=\"data:,\""], "{name}");
        let asked: Vec<_> = markup::tags(&page, "script").chain(sheets).collect();
        assert_eq!(asked.len(), 2, "{name}: {asked:?}");
        let ours = |tag: &&str| tag.contains("=\"/assets?file=");
        assert!(asked.iter().all(ours), "{name}: {asked:?}");
    }
}

#[test]
fn what_others_wrote_adds_nothing_to_a_page_and_hides_nothing() {
    let mild = all(&Names::mild());
    for hostile in HOSTILE {
        let names = Names::all(&hostile());
        for ((name, _, page), (_, _, mild)) in all(&names).iter().zip(&mild) {
            let (page, mild) = (text(page), text(mild));
            assert_eq!(markup::skeleton(&page), markup::skeleton(&mild), "{name}");
            let odd = |c: char| (c.is_control() && c != '\n') || hostile::MISLEADING.contains(&c);
            assert_eq!(page.chars().find(|c| odd(*c)), None, "{name}");
            assert!(page.len() <= MOST, "{name}: {}", page.len());
        }
    }
}

#[test]
fn assets_are_kept_for_good_if_their_address_names_their_content() {
    let branding = view(Language::English).branding;
    let asked = |address: &str| {
        let (file, digest) = address
            .split_once("?file=")
            .unwrap()
            .1
            .split_once("&v=")
            .unwrap();
        asset(file, digest).unwrap()
    };
    let style = asked(&assets::style(branding.accent));
    let for_good = "public, max-age=31536000, immutable";
    assert_eq!(header(&style, "cache-control"), for_good);
    assert_eq!(header(&style, "content-type"), "text/css; charset=utf-8");
    assert!(text(&style).starts_with(":root { --accent: #0a5fb4; --accent-on-dark: #"));
    let older = asset("style.css", "0000000000000000").unwrap();
    assert_eq!(header(&older, "cache-control"), "no-store");
    assert_eq!(older.body(), style.body());
    let script = asked(&assets::script());
    assert_eq!(header(&script, "cache-control"), for_good);
    assert_eq!(
        header(&script, "content-type"),
        "text/javascript; charset=utf-8"
    );
    for file in [
        "",
        "style",
        "style.css.map",
        "../style.css",
        "STYLE.CSS",
        "logo",
    ] {
        assert!(asset(file, "").is_none(), "{file}");
    }
}
