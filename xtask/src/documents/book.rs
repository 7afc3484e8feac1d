//! `cargo xtask docs`: the pages as a book.
//!
//! A page may link to pages outside of `docs/` (README.md, the chart's README), which mdBook cannot reach
//! from there. So the book is made from a copy with every page at its place in the repository, where all
//! links hold. The book begins with README.md: mdBook shows the first page as the root's index.html, where
//! only links from the root work.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use super::links::{faults, resolve};
use super::page::Page;
use super::pages::Pages;
use crate::cargo_tool::{self, CargoTool};
use crate::process;
use crate::workspace::Workspace;

const MDBOOK: CargoTool = CargoTool {
    name: "mdbook",
    version: "0.5.4",
    takes: "5 minutes",
};
/// The pages of the book, in their order.
pub(super) const SUMMARY: &str = "docs/SUMMARY.md";
const CONFIGURATION: &str = "docs/book.toml";
const STYLE: &str = "docs/book.css";
const FIRST: &str = "README.md";
const STAGE: &str = "target/docs/source";
const BOOK: &str = "target/docs/book";

/// Make a book of the documents: target/docs/book/index.html.
///
/// The first page is README.md, followed by the pages of docs/SUMMARY.md in order, and all other pages of the
/// repository. mdBook is compiled into cargo's bin directory if the pinned version is missing (about 5
/// minutes), which needs a registry of crates.
#[derive(clap::Args)]
pub(crate) struct Arguments;

/// Makes it.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let pages = Pages::read(workspace)?;
    let faults = [faults(&pages), missing(&pages)].concat();
    if !faults.is_empty() {
        bail!("links first:\n{}", faults.join("\n"));
    }
    let mdbook = cargo_tool::pinned(&MDBOOK).with_context(|| {
        let CargoTool { name, version, .. } = MDBOOK;
        format!("the book needs {name} {version}; cargo install --locked {name}@{version} gets it")
    })?;
    let stage = workspace.path(STAGE);
    let book = workspace.path(BOOK);
    for folder in [&stage, &book] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    write(&pages, &stage)?;
    let mut build = workspace.command(mdbook);
    build.arg("build").arg(&stage).arg("--dest-dir").arg(&book);
    process::run(&mut build)?;
    println!("{}", book.join("index.html").display());
    Ok(ExitCode::SUCCESS)
}

/// A sentence for each page below `docs/` that the book does not name, or names twice.
pub(super) fn missing(pages: &Pages) -> Vec<String> {
    let Some(summary) = pages.by_path.get(Path::new(SUMMARY)) else {
        return vec![format!("{SUMMARY}: there is no such file")];
    };
    let named: Vec<_> = summary
        .links
        .iter()
        .filter_map(|link| resolve(Path::new(SUMMARY), &link.target))
        .collect();
    let of_docs = pages.by_path.keys().filter(|page| is_of_docs(page));
    let fault = |page: &PathBuf| {
        let times = named.iter().filter(|named| *named == page).count();
        (times != 1).then(|| format!("{SUMMARY}: names {} {times} times", page.display()))
    };
    of_docs.filter_map(fault).collect()
}

fn is_of_docs(page: &Path) -> bool {
    page.starts_with("docs") && page != Path::new(SUMMARY)
}

/// Writes every page and linked file at its place in the repository.
fn write(pages: &Pages, stage: &Path) -> Result<()> {
    let copy = |path: &Path| -> Result<()> {
        let to = stage.join(path);
        fs::create_dir_all(to.parent().unwrap_or(stage))?;
        fs::copy(pages.root.join(path), &to)
            .with_context(|| format!("cannot copy {}", path.display()))?;
        Ok(())
    };
    for (path, page) in &pages.by_path {
        copy(path)?;
        for file in files(path, page) {
            if pages.root.join(&file).is_file() {
                copy(&file)?;
            }
        }
    }
    for (file, name) in [(CONFIGURATION, "book.toml"), (STYLE, "book.css")] {
        fs::copy(pages.root.join(file), stage.join(name))
            .with_context(|| format!("cannot copy {file}"))?;
    }
    let summary = fs::read_to_string(pages.root.join(SUMMARY))?;
    fs::write(stage.join("SUMMARY.md"), whole(&summary, pages))?;
    Ok(())
}

fn files(path: &Path, page: &Page) -> Vec<PathBuf> {
    let file = |target: &str| target.split('#').next().map(str::to_owned);
    let targets = page.links.iter().filter_map(|link| file(&link.target));
    targets.filter_map(|file| resolve(path, &file)).collect()
}

/// The order of the pages as seen from the repository's root, with the pages outside of `docs/`:
/// README.md first, the others at the end.
pub(super) fn whole(summary: &str, pages: &Pages) -> String {
    let outside = pages
        .by_path
        .iter()
        .filter(|(path, _)| !path.starts_with("docs"));
    let (first, others): (Vec<_>, Vec<_>) =
        outside.partition(|(path, _)| path.as_path() == Path::new(FIRST));
    let line = |(path, page): (&PathBuf, &Page)| format!("[{}]({})\n", page.title, path.display());
    let first: String = first.into_iter().map(|of| line(of) + "\n").collect();
    let others: String = others
        .into_iter()
        .map(|of| format!("- {}", line(of)))
        .collect();
    let summary = summary.replace("](", "](docs/");
    let (title, of_docs) = summary
        .split_once("\n\n")
        .unwrap_or(("# Summary", &summary));
    let of_docs = of_docs.trim_end();
    format!("{title}\n\n{first}{of_docs}\n\n# In the repository\n\n{others}")
}
