//! The program for an architecture, with the names and versions of its crates in it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::architecture::Architecture;
use crate::cargo_tool::{self, CargoTool};
use crate::workspace::{BINARIES, Workspace};
use crate::{build, debian, process};

/// Records the crates in the program, for syft and other scanners.
const CARGO_AUDITABLE: CargoTool = CargoTool {
    name: "cargo-auditable",
    version: "0.7.7",
    takes: "a minute",
};

/// Installs the toolchain for `architecture`, or names what is missing.
pub(crate) fn ensure_toolchain(architecture: Architecture) -> Result<()> {
    if is_native(architecture) {
        return Ok(());
    }
    let target = architecture.target();
    ensure!(
        has_target(target) || add_target(target),
        "the active Rust toolchain has no {target}, and rustup could not add it; run: rustup target add \
         {target}, or leave {} out: --arch",
        architecture.name()
    );
    let purpose = format!("compiling for {}", architecture.name());
    debian::ensure(&architecture.cross_packages(), &purpose)
}

/// Compiles the program; returns its path.
pub(crate) fn program(workspace: &Workspace, architecture: Architecture) -> Result<PathBuf> {
    let auditable = cargo_tool::pinned(&CARGO_AUDITABLE)?;
    let mut cargo = workspace.command(auditable);
    cargo.args(["auditable", "build", "--profile", "native", "--target-dir"]);
    cargo.arg(workspace.target());
    // All packages, as everywhere: another choice would compile parts of wasmtime again.
    for package in BINARIES {
        cargo.args(["--package", package]);
    }
    let mut directory = workspace.target();
    if is_native(architecture) {
        build::announce_wasmtime(workspace);
    } else {
        directory.push(architecture.target());
        cargo.args(["--target", architecture.target()]);
        link_elsewhere(&mut cargo, architecture);
        println!(
            "compiling for {}; the first time takes about 10 minutes",
            architecture.name()
        );
    }
    process::run(&mut cargo)?;
    stripped(
        workspace,
        architecture,
        &directory.join("native/aks-oauth-proxy"),
    )
}

/// The program without debug symbols, a quarter smaller. It keeps cargo-auditable's record.
fn stripped(workspace: &Workspace, architecture: Architecture, program: &Path) -> Result<PathBuf> {
    let directory = workspace
        .target()
        .join("image-base")
        .join(architecture.name());
    let stripped = directory.join("aks-oauth-proxy");
    let tool = match is_native(architecture) {
        true => "strip".to_owned(),
        false => format!("{}-strip", architecture.triplet()),
    };
    let mut strip = Command::new(tool);
    process::run(strip.arg("-o").arg(&stripped).arg(program))?;
    Ok(stripped)
}

/// Debian's cross compiler, for C code and for linking.
fn link_elsewhere(cargo: &mut Command, architecture: Architecture) {
    let compiler = format!("{}-gcc", architecture.triplet());
    let target = architecture.target().to_uppercase().replace('-', "_");
    cargo.env(format!("CARGO_TARGET_{target}_LINKER"), &compiler);
    cargo.env(format!("CC_{}", target.to_lowercase()), &compiler);
}

fn is_native(architecture: Architecture) -> bool {
    Architecture::of_this_machine() == Some(architecture)
}

fn has_target(target: &str) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut sysroot = Command::new(rustc);
    process::output(sysroot.args(["--print", "sysroot"])).is_some_and(|sysroot| {
        let library = PathBuf::from(sysroot).join("lib/rustlib").join(target);
        library.join("lib").is_dir()
    })
}

fn add_target(target: &str) -> bool {
    println!("rustup: adding the target {target}");
    process::succeeds(Command::new("rustup").args(["target", "add", target])) && has_target(target)
}
