//! The paths in the repository, and the cargo commands that build there.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

/// The package of the Spin component.
pub(crate) const COMPONENT: &str = "aks-oauth-proxy-component";
/// The package of the empty component, for comparison by `bench`.
pub(crate) const NOOP: &str = "bench-noop";
/// The package of the component that the tests of `host` run.
pub(crate) const FIXTURE: &str = "host-fixture";
/// The target that every Spin from 2 to 4 runs.
pub(crate) const WASM_TARGET: &str = "wasm32-wasip1";
/// The packages with the native binaries, each of its package's name.
pub(crate) const BINARIES: [&str; 3] = ["aks-oauth-proxy", "entra-sim", "local-cluster"];

/// The repository on this machine.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the repository: cargo sets xtask's own directory; a binary started by hand remembers where it
    /// was built.
    pub(crate) fn locate() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .parent()
            .context("xtask's directory has no parent")?;
        let root = fs::canonicalize(root)
            .with_context(|| format!("no repository at {}", root.display()))?;
        Ok(Self { root })
    }

    /// A path in the repository.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// The build directory.
    pub(crate) fn target(&self) -> PathBuf {
        self.path("target")
    }

    /// The component of `package`; for [`COMPONENT`] as `spin.toml` names it.
    pub(crate) fn wasm(&self, package: &str) -> PathBuf {
        self.target()
            .join(WASM_TARGET)
            .join("release")
            .join(wasm_file(package))
    }

    /// The directory of the native binaries.
    pub(crate) fn binaries(&self) -> PathBuf {
        self.target().join("native")
    }

    /// A program to run at the repository's root. Its environment has no variables about xtask: build scripts
    /// (ring's) run again when those change.
    pub(crate) fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        command.current_dir(&self.root);
        for (name, _) in env::vars_os().filter(|(name, _)| is_about_xtask(name)) {
            command.env_remove(name);
        }
        command
    }

    /// The cargo that runs this, at the repository's root.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.arg(subcommand);
        cargo
    }

    /// A cargo command for native code, with the profile and directory shared by all native builds, so that
    /// wasmtime is compiled once.
    pub(crate) fn native_cargo(&self, subcommand: &str) -> Command {
        let mut cargo = self.cargo(subcommand);
        cargo.args(["--profile", "native", "--target-dir"]);
        cargo.arg(self.target());
        cargo
    }
}

/// Variables that `cargo run` sets about the program's own package.
fn is_about_xtask(name: &OsStr) -> bool {
    let prefixes = ["CARGO_PKG_", "CARGO_MANIFEST_"];
    name.to_str()
        .is_some_and(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)))
}

/// The file name of a package's component: cargo turns hyphens into underscores.
pub(crate) fn wasm_file(package: &str) -> String {
    format!("{}.wasm", package.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_command_does_not_inherit_what_cargo_said_about_xtask() {
        // `cargo test` sets it for tests, too.
        assert!(env::var_os("CARGO_PKG_NAME").is_some());
        let command = Workspace::locate().unwrap().command("cargo");
        let removed = |name: &str| {
            command
                .get_envs()
                .any(|env| env == (OsStr::new(name), None))
        };
        assert!(removed("CARGO_PKG_NAME") && removed("CARGO_MANIFEST_DIR"));
        assert!(!removed("PATH"));
    }

    #[test]
    fn the_component_is_where_spin_toml_expects_it() {
        let workspace = Workspace::locate().unwrap();
        let file = "target/wasm32-wasip1/release/aks_oauth_proxy_component.wasm";
        assert_eq!(workspace.wasm(COMPONENT), workspace.path(file));
    }
}
