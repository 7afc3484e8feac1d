//! Every page of Markdown in the repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::page::Page;
use crate::workspace::Workspace;

/// Folders with built or fetched files.
const MADE: [&str; 3] = ["target", "bin", "__pycache__"];

/// The pages, by their paths in the repository.
pub(super) struct Pages {
    pub(super) root: PathBuf,
    pub(super) by_path: BTreeMap<PathBuf, Page>,
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
        let mut by_path = BTreeMap::new();
        for path in paths {
            let text = fs::read_to_string(root.join(&path))
                .with_context(|| format!("cannot read {}", path.display()))?;
            by_path.insert(path, Page::of(&text));
        }
        Ok(Self { root, by_path })
    }
}

/// The Markdown files below `folder`.
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
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    Ok(())
}
