#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::book::{self, SUMMARY};
use super::page::Page;
use super::pages::Pages;
use super::{blocks, check, links, names};
use crate::workspace::Workspace;

/// A repository with these files.
fn repository(files: &[(&str, &str)]) -> (TempDir, Pages) {
    let root = TempDir::new().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let pages = Pages::below(root.path().to_owned()).unwrap();
    (root, pages)
}

fn link_faults(text: &str) -> Vec<String> {
    let (_root, pages) = repository(&[
        ("docs/page.md", text),
        (
            "docs/other.md",
            "# Other\n\n## A `word`, and more: this\n\n## Twice\n\n## Twice\n",
        ),
        ("README.md", "# Read me\n"),
        ("src/lib.rs", ""),
    ]);
    links::faults(&pages)
}

#[test]
fn links_that_lead_somewhere_are_no_faults() {
    let whole = "# Page\n\n[a](other.md) [b](other.md#a-word-and-more-this) [c](#page) [d](../README.md#read-me)\n\
        [e](../src/lib.rs) [f](../src) [g](https://example.com/#nothing) [h](mailto:a@example.com) [i](./other.md#twice-1)\n";
    assert_eq!(link_faults(whole), [""; 0]);
}

#[test]
fn each_link_that_leads_nowhere_is_named_with_its_line() {
    let faulty = [
        ("[a](nothing.md)", "there is no such file"),
        ("![a](nothing.png)", "there is no such file"),
        ("<img src=\"nothing.png\">", "there is no such file"),
        ("[a](other.md#nothing)", "the page has no such heading"),
        ("[a](other.md#twice-2)", "the page has no such heading"),
        ("[a](#Page)", "the page has no such heading"),
        ("[a](../src/lib.rs#L1)", "only pages have headings"),
        ("[a](../../elsewhere.md)", "it leads out of the repository"),
        ("[a](/README.md)", "it leads out of the repository"),
    ];
    for (link, fault) in faulty {
        let faults = link_faults(&format!("# Page\n\n{link}\n"));
        assert_eq!(faults.len(), 1, "{link}");
        assert!(faults[0].starts_with("docs/page.md:3: "), "{}", faults[0]);
        assert!(faults[0].ends_with(fault), "{}", faults[0]);
    }
}

#[test]
fn a_link_in_code_is_none() {
    assert_eq!(
        link_faults("`[a](nothing.md)`\n\n```\n[a](nothing.md)\n```\n"),
        [""; 0]
    );
}

#[test]
fn blocks_that_people_copy_can_be_read() {
    let page = |language: &str, text: &str| format!("# Page\n\n```{language}\n{text}\n```\n");
    let faults = |text: &str| blocks::faults(&repository(&[("page.md", text)]).1);
    for (language, good, bad) in [
        ("toml", "a = 1", "a = "),
        ("yaml", "a: [1, 2]", "a: [1, 2"),
        ("json", "{\"a\": 1}", "{\"a\": …}"),
        ("sh", "if [ -e a ]; then b; fi", "if [ -e a ]; then b"),
    ] {
        assert_eq!(faults(&page(language, good)), [""; 0], "{language}");
        let faults = faults(&page(language, bad));
        assert_eq!(faults.len(), 1, "{language}");
        let start = format!("page.md:3: no {language}: ");
        assert!(faults[0].starts_with(&start), "{}", faults[0]);
    }
    assert_eq!(faults(&page("text", "if [")), [""; 0]);
}

#[test]
fn a_name_that_no_code_has_is_told_with_its_line() {
    let faults = |path: &str, text: &str| {
        let code = "const A: &str = \"TENANT_ID\";";
        names::faults(&repository(&[(path, text), ("src/lib.rs", code)]).1)
    };
    let page =
        "# Page\n\n`TENANT_ID`, `SPIN_VARIABLE_TENANT_ID=x`, `SESSION_…`, A_b, SHA-256, POD_NAME\n";
    assert_eq!(faults("docs/page.md", page), [""; 0]);
    let misspelt = "# Page\n\n```sh\nexport TENNANT_ID=x\n```\n";
    assert_eq!(
        faults("docs/page.md", misspelt),
        ["docs/page.md:4: TENNANT_ID: nothing has this name"]
    );
    assert_eq!(faults("CHANGELOG.md", misspelt), [""; 0]);
}

#[test]
fn the_book_names_every_page_once() {
    let files = |summary| {
        [
            (SUMMARY, summary),
            ("docs/a.md", "# A"),
            ("docs/b/c.md", "# C"),
            ("d.md", "# D"),
        ]
    };
    let faults = |summary| book::missing(&repository(&files(summary)).1);
    assert_eq!(faults("- [A](a.md)\n- [C](b/c.md)\n"), [""; 0]);
    assert_eq!(
        faults("- [A](a.md)\n"),
        ["docs/SUMMARY.md: names docs/b/c.md 0 times"]
    );
    let twice = "- [A](a.md)\n- [C](b/c.md)\n- [A](a.md)\n";
    assert_eq!(faults(twice), ["docs/SUMMARY.md: names docs/a.md 2 times"]);
    assert_eq!(book::missing(&repository(&files("")[1..]).1).len(), 1);
}

#[test]
fn the_book_has_the_pages_outside_of_docs_at_its_end() {
    let (_root, pages) = repository(&[("docs/a.md", "# A"), ("e/f.md", "# An `F`")]);
    assert_eq!(
        book::whole("# Summary\n\n- [A](a.md)\n", &pages),
        "# Summary\n\n- [A](docs/a.md)\n\n# In the repository\n\n- [An F](e/f.md)\n"
    );
}

#[test]
fn the_book_begins_with_the_readme() {
    let (_root, pages) = repository(&[("README.md", "# R"), ("docs/README.md", "# D")]);
    assert_eq!(
        book::whole("# Summary\n\n[D](README.md)\n", &pages),
        "# Summary\n\n[R](README.md)\n\n[D](docs/README.md)\n\n# In the repository\n\n"
    );
}

#[test]
fn a_page_has_the_title_of_its_first_heading() {
    assert_eq!(
        Page::of("words\n\n# The `first`\n\n# Second\n").title,
        "The first"
    );
}

#[test]
fn the_documents_are_without_faults() {
    let workspace = Workspace::locate().unwrap();
    check(&workspace).unwrap();
    assert!(workspace.path(Path::new("docs/book.toml")).exists());
    assert!(workspace.path(Path::new("docs/book.css")).exists());
}
