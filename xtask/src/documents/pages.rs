//! Every page of Markdown in the repository, and the names in all other files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::name::names;
use super::page::Page;
use crate::workspace::Workspace;

/// Folders with built or fetched files.
const MADE: [&str; 3] = ["target", "bin", "__pycache__"];

/// The pages, by their paths in the repository.
pub(super) struct Pages {
    pub(super) root: PathBuf,
    pub(super) by_path: BTreeMap<PathBuf, Page>,
    /// The names of settings and variables in all files that are no pages.
    pub(super) names: BTreeSet<String>,
}

impl Pages {
    /// Reads them.
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        Self::below(workspace.path(""))
    }

    /// Reads those of the repository at `root`.
    pub(super) fn below(root: PathBuf) -> Result<Self> {
        let mut paths = Vec::new();
        collect(&root, Path::new(""), &mut paths)?;
        let (mut by_path, mut known) = (BTreeMap::new(), BTreeSet::new());
        for path in paths {
            let file = root.join(&path);
            if path.extension().is_some_and(|extension| extension == "md") {
                let text = fs::read_to_string(file)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                by_path.insert(path, Page::of(&text));
            } else if let Ok(text) = fs::read_to_string(file) {
                // A picture is no text, and names nothing.
                known.extend(names(&text).map(|name| name.name));
            }
        }
        Ok(Self {
            root,
            by_path,
            names: known,
        })
    }
}

/// The files below `folder`.
fn collect(root: &Path, folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    let entries = root.join(folder);
    let entries = entries
        .read_dir()
        .with_context(|| format!("cannot read {}", entries.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let path = folder.join(&name);
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && !MADE.contains(&&*name) {
                collect(root, &path, paths)?;
            }
        } else {
            paths.push(path);
        }
    }
    Ok(())
}
