//! The documents: every link and anchor in the repository's Markdown is valid, every block of TOML, YAML, JSON and
//! shell can be parsed, every setting that is named exists, and the book names every page. `cargo xtask docs` makes the book.
//!
//! The network is not used: links to other sites are not followed.

mod blocks;
mod book;
mod links;
mod name;
mod names;
mod page;
mod pages;

#[cfg(test)]
mod tests;

use anyhow::{Result, bail};

pub(crate) use self::book::{Arguments, run};
use self::pages::Pages;
use crate::report::Outcome;
use crate::workspace::Workspace;

/// Reads every page, and compares its links with the files and their headings.
///
/// # Errors
/// When a link is broken, a block cannot be parsed, a name is unknown, or the book lacks a page.
pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let pages = Pages::read(workspace)?;
    let mut faults = links::faults(&pages);
    faults.extend(blocks::faults(&pages));
    faults.extend(names::faults(&pages));
    faults.extend(book::missing(&pages));
    if faults.is_empty() {
        return Ok(Outcome::Passed);
    }
    for fault in &faults {
        println!("{fault}");
    }
    bail!("{} faults of the documents", faults.len())
}
