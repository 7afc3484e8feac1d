//! The targets of links.

use std::path::{Component, Path, PathBuf};

use super::page::Page;
use super::pages::Pages;

/// A sentence for each broken link.
pub(super) fn faults(pages: &Pages) -> Vec<String> {
    let of_page = |(path, page): (&PathBuf, &Page)| {
        let sentence = |link: &super::page::Link| {
            let fault = fault(pages, path, page, &link.target)?;
            let line = link.line;
            Some(format!(
                "{}:{line}: {}: {fault}",
                path.display(),
                link.target
            ))
        };
        page.links.iter().filter_map(sentence).collect::<Vec<_>>()
    };
    pages.by_path.iter().flat_map(of_page).collect()
}

/// What is wrong with a link in the page at `path`.
fn fault(pages: &Pages, path: &Path, page: &Page, target: &str) -> Option<&'static str> {
    if leads_elsewhere(target) {
        return None;
    }
    let (file, anchor) = match target.split_once('#') {
        Some((file, anchor)) => (file, Some(anchor)),
        None => (target, None),
    };
    let page = match file {
        "" => page,
        _ => {
            let Some(found) = resolve(path, file) else {
                return Some("it leads out of the repository");
            };
            if !pages.root.join(&found).exists() {
                return Some("there is no such file");
            }
            match (pages.by_path.get(&found), anchor) {
                (Some(page), _) => page,
                (None, None) => return None,
                (None, Some(_)) => return Some("only pages have headings"),
            }
        }
    };
    let missing = anchor.is_some_and(|anchor| !page.anchors.contains(anchor));
    missing.then_some("the page has no such heading")
}

/// Whether it is an address of its own: a scheme, and then a colon (RFC 3986, section 3.1).
fn leads_elsewhere(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        let mut characters = scheme.chars();
        characters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && characters.all(|next| next.is_ascii_alphanumeric() || "+-.".contains(next))
    })
}

/// The path in the repository of `file`, as a page names it; `None` if it is outside.
pub(super) fn resolve(page: &Path, file: &str) -> Option<PathBuf> {
    let mut found = page.parent()?.to_path_buf();
    for component in Path::new(file).components() {
        match component {
            Component::Normal(name) => found.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !found.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(found)
}
