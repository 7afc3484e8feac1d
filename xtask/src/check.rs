//! `cargo xtask check`: everything that judges the code without running it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::imports;
use crate::process;
use crate::report::{Outcome, Report};
use crate::tools;
use crate::wasm::{Preference, Toolchain};
use crate::workspace::{COMPONENT, FIXTURE, NOOP, Workspace};

/// The version that `deny.toml` is written for.
const CARGO_DENY: &str = "0.20.2";

/// Run everything that needs no test: format, floor plan, lints for both targets, dependencies,
/// documentation.
///
/// The steps: cargo fmt, the imports of all files (docs/code.md), clippy with denied warnings natively
/// and for wasm32-wasip1, rustdoc with denied warnings, go vet and gofmt where Go is installed, cargo
/// deny (bans, licenses, sources, and advisories where their database can be fetched). All of them run,
/// whichever fails; a table closes the report. cargo-deny is compiled into cargo's bin directory if the
/// pinned version is not there (about 4 minutes).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only the check of the imports, which takes a second.
    #[arg(long)]
    floors: bool,
}

/// Runs every step, whichever fails, and closes with a table.
pub(crate) fn run(
    workspace: &Workspace,
    preference: Option<Preference>,
    arguments: &Arguments,
) -> ExitCode {
    let mut report = Report::default();
    report.step("floors and circles", || imports::check(workspace));
    if arguments.floors {
        return report.close();
    }
    report.step("format", || format(workspace));
    report.step("clippy, native", || clippy_native(workspace));
    let mut wasm = None;
    report.step("clippy, wasm32-wasip1", || {
        let toolchain = *wasm.insert(Toolchain::find(preference)?);
        clippy_component(workspace, toolchain)
    });
    report.step("rustdoc, native", || rustdoc_native(workspace));
    if let Some(toolchain) = wasm {
        report.step("rustdoc, wasm32-wasip1", || {
            rustdoc_component(workspace, toolchain)
        });
    }
    report.step("the kubelet (Go)", || tools::vet(workspace));
    let mut deny = None;
    report.step("bans, licenses, sources", || {
        let deny = deny.insert(cargo_deny()?);
        dependencies(workspace, deny)
    });
    if let Some(deny) = deny {
        report.step("advisories", || advisories(workspace, &deny));
    }
    report.close()
}

fn format(workspace: &Workspace) -> Result<Outcome> {
    ensure_component("fmt", "rustfmt")?;
    process::run(workspace.cargo("fmt").args(["--all", "--check"]))?;
    Ok(Outcome::Passed)
}

fn clippy_native(workspace: &Workspace) -> Result<Outcome> {
    ensure_component("clippy", "clippy")?;
    if !workspace.binaries().exists() {
        println!("the first time this checks wasmtime too, about 4 minutes on two cores");
    }
    let mut clippy = workspace.native_cargo("clippy");
    process::run(clippy.args(["--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    Ok(Outcome::Passed)
}

fn clippy_component(workspace: &Workspace, toolchain: Toolchain) -> Result<Outcome> {
    toolchain.ensure_clippy()?;
    for package in [COMPONENT, NOOP, FIXTURE] {
        let mut clippy = toolchain.cargo(workspace, "clippy", package);
        process::run(clippy.args(["--", "-D", "warnings"]))?;
    }
    Ok(Outcome::Passed)
}

fn rustdoc_native(workspace: &Workspace) -> Result<Outcome> {
    let mut doc = workspace.native_cargo("doc");
    doc.args(["--workspace", "--no-deps", "--document-private-items"]);
    process::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Outcome::Passed)
}

/// The adapter to the Spin SDK exists only on this target.
fn rustdoc_component(workspace: &Workspace, toolchain: Toolchain) -> Result<Outcome> {
    let mut doc = toolchain.cargo(workspace, "doc", COMPONENT);
    doc.args(["--no-deps", "--document-private-items"]);
    process::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Outcome::Passed)
}

/// An exception that nothing needs any more fails too.
fn dependencies(workspace: &Workspace, deny: &Path) -> Result<Outcome> {
    let mut check = workspace.command(deny);
    check.args(["--workspace", "check"]);
    for stale in [
        "unnecessary-skip",
        "unmatched-skip",
        "license-exception-not-encountered",
    ] {
        check.args(["--deny", stale]);
    }
    process::run(check.args(["bans", "licenses", "sources"]))?;
    Ok(Outcome::Passed)
}

/// Advisories need a database that is cloned from elsewhere; where that cannot be done the step
/// says so and fails nothing.
fn advisories(workspace: &Workspace, deny: &Path) -> Result<Outcome> {
    if !process::succeeds(workspace.command(deny).args(["fetch", "db"])) {
        let why = "the advisory database cannot be fetched here";
        println!("skipped: {why}");
        return Ok(Outcome::Skipped(why.into()));
    }
    process::run(
        workspace
            .command(deny)
            .args(["check", "--disable-fetch", "advisories"]),
    )?;
    Ok(Outcome::Passed)
}

/// A part of the Rust toolchain that minimal installations lack.
fn ensure_component(subcommand: &str, component: &str) -> Result<()> {
    if process::succeeds(Command::new("cargo").args([subcommand, "--version"])) {
        return Ok(());
    }
    println!("cargo {subcommand}: adding the toolchain's component {component}");
    process::run(Command::new("rustup").args(["component", "add", component])).with_context(|| {
        format!("cargo {subcommand} is missing; run: rustup component add {component}")
    })
}

/// The pinned cargo-deny: from the `PATH`, or from cargo's own directory, compiled if need be.
fn cargo_deny() -> Result<PathBuf> {
    let installed = cargo_home().map(|home| home.join("bin/cargo-deny"));
    let candidates = process::which("cargo-deny")
        .into_iter()
        .chain(installed.clone());
    let fits = |program: &PathBuf| {
        process::output(Command::new(program).arg("--version"))
            .is_some_and(|version| version == format!("cargo-deny {CARGO_DENY}"))
    };
    if let Some(program) = candidates.into_iter().find(fits) {
        return Ok(program);
    }
    println!("installing cargo-deny {CARGO_DENY}; it compiles for about 4 minutes on two cores");
    let package = format!("cargo-deny@{CARGO_DENY}");
    process::run(Command::new("cargo").args(["install", "--locked", "--force", &package]))?;
    installed.context("neither CARGO_HOME nor HOME is set: cannot tell where cargo installs")
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))
}
