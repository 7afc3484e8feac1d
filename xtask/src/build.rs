//! `cargo xtask build`: the component, and the native binaries.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::wasm::{Preference, Toolchain};
use crate::workspace::{BINARIES, COMPONENT, FIXTURE, Workspace};
use crate::{process, report};

/// Build the component (wasm32-wasip1, release) and the native binaries (profile native).
///
/// The results are target/wasm32-wasip1/release/aks_oauth_proxy_component.wasm, and aks-oauth-proxy,
/// entra-sim and local-cluster in target/native. The wasm toolchain is, in this order: the active Rust
/// toolchain if it has the target; the same after `rustup target add wasm32-wasip1`; Debian's packages
/// rustc-web cargo-web rust-web-src wasi-libc lld-19. Root and CI install these; other users are told to.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Build only this.
    #[arg(value_enum)]
    only: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The Spin component.
    Component,
    /// The component for the tests of the package host.
    Fixture,
    /// The binaries aks-oauth-proxy, entra-sim and local-cluster.
    Native,
}

/// Runs the command.
pub(crate) fn run(
    workspace: &Workspace,
    preference: Option<Preference>,
    arguments: &Arguments,
) -> Result<()> {
    if arguments.only == Some(Part::Fixture) {
        return components(workspace, preference, &[FIXTURE]);
    }
    if arguments.only != Some(Part::Native) {
        component(workspace, preference)?;
    }
    if arguments.only != Some(Part::Component) {
        native(workspace)?;
    }
    Ok(())
}

/// Compiles the component to [`Workspace::wasm`] and prints its size.
pub(crate) fn component(workspace: &Workspace, preference: Option<Preference>) -> Result<()> {
    components(workspace, preference, &[COMPONENT])
}

/// Compiles the component of each package.
pub(crate) fn components(
    workspace: &Workspace,
    preference: Option<Preference>,
    packages: &[&str],
) -> Result<()> {
    let toolchain = Toolchain::find(preference)?;
    packages
        .iter()
        .try_for_each(|package| compile(workspace, toolchain, package))
}

fn compile(workspace: &Workspace, toolchain: Toolchain, package: &str) -> Result<()> {
    let artifact = toolchain.artifact(workspace, package);
    if !artifact.exists() {
        println!("building {package}; the first time takes about 2 minutes on two cores");
    }
    process::run(&mut toolchain.cargo(workspace, "build", package))?;
    let wasm = workspace.wasm(package);
    if artifact != wasm {
        replace(&artifact, &wasm)?;
    }
    let size = fs::metadata(&wasm)
        .with_context(|| format!("cargo left no {}", wasm.display()))?
        .len();
    println!("{package}: {} kB, {}", size.div_ceil(1000), wasm.display());
    Ok(())
}

/// Compiles the native binaries into [`Workspace::binaries`].
pub(crate) fn native(workspace: &Workspace) -> Result<()> {
    announce_wasmtime(workspace);
    let start = Instant::now();
    let mut cargo = workspace.native_cargo("build");
    for package in BINARIES {
        cargo.args(["--package", package]);
    }
    process::run(&mut cargo)?;
    println!(
        "native binaries: ready after {}",
        report::seconds(start.elapsed())
    );
    Ok(())
}

/// Says how long the first native build takes.
pub(crate) fn announce_wasmtime(workspace: &Workspace) {
    if !workspace.binaries().join("aks-oauth-proxy").exists() {
        println!(
            "building the native host; the first time this compiles wasmtime, about 8 minutes \
             on two cores"
        );
    }
}

/// Replaces a file atomically. It is never overwritten in place: cargo may have linked it to one of its own.
fn replace(from: &Path, to: &Path) -> Result<()> {
    let directory = to.parent().context("a file in no directory")?;
    let fresh = to.with_extension("fresh");
    fs::create_dir_all(directory)
        .and_then(|()| fs::copy(from, &fresh))
        .and_then(|_| fs::rename(&fresh, to))
        .with_context(|| format!("could not copy {} to {}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_is_replaced_without_touching_what_it_was_linked_to() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("debian.wasm"), "new").unwrap();
        fs::write(path("cargos-own.wasm"), "old").unwrap();
        fs::create_dir(path("release")).unwrap();
        fs::hard_link(path("cargos-own.wasm"), path("release/component.wasm")).unwrap();

        replace(&path("debian.wasm"), &path("release/component.wasm")).unwrap();

        assert_eq!(fs::read(path("release/component.wasm")).unwrap(), b"new");
        assert_eq!(fs::read(path("cargos-own.wasm")).unwrap(), b"old");
    }
}
