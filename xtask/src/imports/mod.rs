//! The imports of files in every crate: no cycles, and in the component none from a lower floor to a higher
//! one.
//!
//! The imports are read from the source: `use`, and every qualified path, in macros too. A re-exported name
//! (`pub use`) counts as an import of the defining file. Test code does not count. Method calls are not seen.

mod floors;
mod graph;
mod resolve;
mod source;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use anyhow::{Result, bail};

use self::floors::Floors;
use self::graph::Imports;
use crate::report::Outcome;
use crate::workspace::Workspace;

/// The page with the floors of the component.
const PLAN: &str = "docs/code.md";

/// Reads every crate of the workspace, and compares the component's imports with the plan.
///
/// # Errors
/// When files import each other in a cycle, or an import leads from a lower floor to a higher one.
pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let mut faults = Vec::new();
    for root in roots(workspace)? {
        let imports = Imports::read(&root)?;
        faults.extend(imports.circles());
        if root == workspace.path("src/lib.rs") {
            let floors = Floors::read(&workspace.path(PLAN))?;
            faults.extend(floors.faults(&imports));
        }
    }
    if faults.is_empty() {
        return Ok(Outcome::Passed);
    }
    for fault in &faults {
        println!("{fault}");
    }
    bail!("{} faults of the floor plan (see {PLAN})", faults.len())
}

/// The root file of each crate.
fn roots(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut packages: Vec<PathBuf> = ["", "native", "xtask"]
        .map(|package| workspace.path(package))
        .into();
    for entry in workspace.path("crates").read_dir()? {
        packages.push(entry?.path());
    }
    packages.sort();
    let files = packages
        .iter()
        .flat_map(|package| ["src/lib.rs", "src/main.rs"].map(|file| package.join(file)));
    Ok(files.filter(|file| file.is_file()).collect())
}
