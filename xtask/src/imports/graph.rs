//! The imports between the files of a crate, and their cycles.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use super::source::Source;

/// Which file imports what from which.
pub(super) struct Imports {
    /// The crate's directory of sources.
    pub(super) base: PathBuf,
    /// From the importing and the imported file to the first imported name.
    pub(super) arrows: BTreeMap<(PathBuf, PathBuf), String>,
    /// All files, imported or not.
    pub(super) files: Vec<PathBuf>,
}

impl Imports {
    /// Reads the crate whose root file is `root`.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let source = Source::read(root)?;
        let mut arrows = BTreeMap::new();
        for (number, module) in source.modules.iter().enumerate() {
            for path in &module.paths {
                match source.definition(number, path) {
                    Some(file) if file != module.file => {
                        let arrow = (module.file.clone(), file.to_owned());
                        arrows.entry(arrow).or_insert_with(|| path.join("::"));
                    }
                    _ => {}
                }
            }
        }
        let mut files: Vec<_> = source
            .modules
            .into_iter()
            .map(|module| module.file)
            .collect();
        files.sort();
        files.dedup();
        Ok(Self {
            base: root.parent().unwrap_or(root).to_owned(),
            arrows,
            files,
        })
    }

    /// A description of each cycle: its files and imports.
    pub(super) fn circles(&self) -> Vec<String> {
        let edges = self.arrows.keys();
        let graph: DiGraphMap<&Path, ()> = edges
            .map(|(from, to)| (from.as_path(), to.as_path()))
            .collect();
        let circles = tarjan_scc(&graph).into_iter();
        circles
            .filter(|circle| circle.len() > 1)
            .map(|circle| self.describe(&circle))
            .collect()
    }

    fn describe(&self, circle: &[&Path]) -> String {
        let mut text = format!(
            "{}: {} files import each other in a circle",
            self.base.display(),
            circle.len()
        );
        let within = |(from, to): &(PathBuf, PathBuf)| {
            circle.contains(&from.as_path()) && circle.contains(&to.as_path())
        };
        for ((from, to), name) in self.arrows.iter().filter(|(arrow, _)| within(arrow)) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n  {} -> {}: {name}", from.display(), to.display());
        }
        text
    }
}
