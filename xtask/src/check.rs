//! `cargo xtask check`: all checks that do not run the code.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::cargo_tool::{self, CargoTool};
use crate::chart;
use crate::documents;
use crate::imports;
use crate::process;
use crate::report::{Outcome, Report};
use crate::tools;
use crate::wasm::{Preference, Toolchain};
use crate::workspace::{COMPONENT, FIXTURE, NOOP, Workspace};

/// The version that `deny.toml` is written for.
const CARGO_DENY: CargoTool = CargoTool {
    name: "cargo-deny",
    version: "0.20.2",
    takes: "4 minutes",
};

/// The workspace of the fuzz targets.
const FUZZ: &str = "fuzz/Cargo.toml";

/// Run all checks that need no test: format, floor plan, lints for both targets, documentation, the chart,
/// dependencies.
///
/// The steps are cargo fmt; the imports of all files (docs/code.md); links, blocks of code and names of
/// settings in all documents; clippy with denied warnings natively, for wasm32-wasip1 and for the fuzz
/// targets; rustdoc with denied warnings; the chart against the program and by helm lint; go vet, gofmt and
/// actionlint, if Go is installed; cargo deny (bans, licenses, sources, and advisories if their database can
/// be fetched). All steps run even if one fails; a table closes the report. cargo-deny is compiled into
/// cargo's bin directory if the pinned version is missing (about 4 minutes).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only the check of the imports, which takes a second.
    #[arg(long)]
    floors: bool,

    /// Run only the check of the documents, which takes a second.
    #[arg(long)]
    documents: bool,
}

/// Runs every step, even if one fails, and closes with a table.
pub(crate) fn run(
    workspace: &Workspace,
    preference: Option<Preference>,
    arguments: &Arguments,
) -> ExitCode {
    let mut report = Report::default();
    if arguments.floors || !arguments.documents {
        report.step("floors and circles", || imports::check(workspace));
    }
    if arguments.documents || !arguments.floors {
        report.step("documents", || documents::check(workspace));
    }
    if arguments.floors || arguments.documents {
        return report.close();
    }
    report.step("format", || format(workspace));
    report.step("clippy, native", || clippy_native(workspace));
    let mut wasm = None;
    report.step("clippy, wasm32-wasip1", || {
        let toolchain = *wasm.insert(Toolchain::find(preference)?);
        clippy_component(workspace, toolchain)
    });
    report.step("clippy, fuzz targets", || clippy_fuzz(workspace));
    report.step("rustdoc, native", || rustdoc_native(workspace));
    if let Some(toolchain) = wasm {
        report.step("rustdoc, wasm32-wasip1", || {
            rustdoc_component(workspace, toolchain)
        });
    }
    report.step("the chart", || chart::check(workspace));
    report.step("the kubelet and the watcher (Go)", || tools::vet(workspace));
    report.step("workflows", || workflows(workspace));
    let mut deny = None;
    report.step("bans, licenses, sources", || {
        let deny = deny.insert(cargo_tool::pinned(&CARGO_DENY)?);
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
    let mut fuzz = workspace.cargo("fmt");
    process::run(fuzz.args(["--manifest-path", FUZZ, "--check"]))?;
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

/// The fuzz targets, and the modules that only they compile. Any toolchain can lint them.
fn clippy_fuzz(workspace: &Workspace) -> Result<Outcome> {
    let mut clippy = workspace.cargo("clippy");
    clippy.args(["--manifest-path", FUZZ, "--locked", "--target-dir"]);
    clippy.arg(workspace.path("target/fuzz/check"));
    clippy.env("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}fuzzing");
    process::run(clippy.args(["--", "-D", "warnings"]))?;
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

/// By actionlint alone: otherwise it would run any shellcheck and pyflakes on the `PATH`.
fn workflows(workspace: &Workspace) -> Result<Outcome> {
    let Some(actionlint) = tools::actionlint(workspace)? else {
        return Ok(Outcome::Skipped(
            "there is no Go here to build actionlint".into(),
        ));
    };
    let mut actionlint = workspace.command(actionlint);
    process::run(actionlint.args(["-shellcheck=", "-pyflakes="]))?;
    Ok(Outcome::Passed)
}

/// An unused exception fails too.
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

/// Advisories need a cloned database; if that fails, the step reports it and does not fail.
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
