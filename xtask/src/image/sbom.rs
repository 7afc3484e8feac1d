//! The bill of materials of an image (SPDX), by syft.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::architecture::Architecture;
use crate::process;
use crate::workspace::{COMPONENT, WASM_TARGET, Workspace};

/// syft, and the directory for its output.
pub(super) struct Sbom<'a> {
    pub(super) syft: PathBuf,
    pub(super) version: &'a str,
}

impl Sbom<'_> {
    /// Of the container image in a layout: Debian's packages by their entries, the program's crates by
    /// cargo-auditable's record, kubelogin's modules by Go's.
    pub(super) fn of_container(
        &self,
        layout: &Path,
        architecture: Architecture,
        file: &Path,
    ) -> Result<()> {
        let mut syft = self.syft("aks-oauth-proxy", file);
        syft.arg(format!("oci-dir:{}", layout.display()));
        syft.args(["--platform", &format!("linux/{}", architecture.name())]);
        process::run(&mut syft)
    }

    /// Of the component: no scanner reads its file, so a lock file of its crates is scanned.
    pub(super) fn of_component(&self, workspace: &Workspace, file: &Path) -> Result<()> {
        let directory = workspace.target().join("image-component");
        fs::create_dir_all(&directory)?;
        let mut tree = workspace.cargo("tree");
        tree.args(["--locked", "--package", COMPONENT, "--target", WASM_TARGET]);
        tree.args(["--edges", "normal", "--prefix", "none", "--format", "{p}"]);
        let crates = process::output(&mut tree).context("cargo tree failed")?;
        fs::write(directory.join("Cargo.lock"), lock(&crates))?;
        let mut syft = self.syft("aks-oauth-proxy-spin", file);
        syft.arg(format!("dir:{}", directory.display()));
        process::run(&mut syft)
    }

    fn syft(&self, name: &str, file: &Path) -> Command {
        let mut syft = Command::new(&self.syft);
        syft.args(["scan", "--quiet", "--output"]);
        syft.arg(format!("spdx-json={}", file.display()));
        syft.args(["--source-name", name, "--source-version", self.version]);
        // Otherwise it would look for a newer version on the internet.
        syft.env("SYFT_CHECK_FOR_APP_UPDATE", "false");
        syft
    }
}

/// A lock file of the crates that `cargo tree` names.
fn lock(crates: &str) -> String {
    let mut all: Vec<_> = crates.lines().filter_map(name_and_version).collect();
    all.sort_unstable();
    all.dedup();
    let mut lock = "version = 4\n".to_owned();
    for (name, version) in all {
        lock += &format!("\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
    }
    lock
}

/// Of a line such as `serde v1.0.0 (*)`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_stands_in_the_lock_file_once() {
        let crates = "b v2.0.0 (proc-macro)\na v0.1.0 (/some/where)\n\na v0.1.0 (/some/where) (*)\nb v1.0.0\n";
        let expected = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n\n\
            [[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0.0\"\n";
        assert_eq!(lock(crates), expected);
    }
}
