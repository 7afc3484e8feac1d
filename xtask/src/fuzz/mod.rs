//! `cargo xtask fuzz`: runs the fuzz targets in `fuzz/`, one after the other.

mod found;
mod targets;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

use self::found::Found;
use crate::cargo_tool::{self, CargoTool};
use crate::process::{self, Stream};
use crate::workspace::Workspace;

/// The version with which the targets were written.
const CARGO_FUZZ: CargoTool = CargoTool {
    name: "cargo-fuzz",
    version: "0.13.2",
    takes: "a minute",
};
/// Only this toolchain can record the branches of a case.
const NIGHTLY: &str = "nightly";
/// A case that takes longer counts as a finding, in seconds.
const LONGEST_CASE: u64 = 20;

/// Run the fuzz targets, one after the other, each for a minute.
///
/// A target asserts what must hold for any input from a client (fuzz/README.md). It needs rustup's nightly
/// toolchain and a C++ compiler; cargo-fuzz is compiled into cargo's bin directory if the pinned version is
/// missing. Each target begins with its small corpus in fuzz/corpus; new cases are kept below target/fuzz. An
/// input that breaks a target is kept in fuzz/artifacts, and the command fails.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only these targets.
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// Name the targets, and run none.
    #[arg(long)]
    list: bool,
    /// How long each target runs, in seconds.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// How many cases each target runs, however long that takes.
    #[arg(long, value_name = "N", conflicts_with = "seconds", value_parser = clap::value_parser!(u64).range(1..))]
    runs: Option<u64>,
    /// The longest input. Short ones are tried faster.
    #[arg(long, value_name = "BYTES", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..))]
    longest: u64,
    /// Do not record what a case compares. Two to four times as many cases are run; those that need a special
    /// word or number are found more slowly. It is for a target that has run before.
    #[arg(long)]
    no_comparisons: bool,
    /// Run the one target with this input alone, as after a find.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seconds", "runs"])]
    input: Option<PathBuf>,
}

/// Runs the targets. The exit code shows whether anything was found.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let all = targets::all(workspace)?;
    if arguments.list {
        println!("{}", all.join("\n"));
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = targets::chosen(&all, &arguments.targets)?;
    let nightly = nightly()?;
    println!("{nightly}");
    cargo_tool::pinned(&CARGO_FUZZ)?;
    if let Some(input) = &arguments.input {
        return again(workspace, &chosen, input);
    }
    let limits = [
        match arguments.runs {
            Some(runs) => format!("-runs={runs}"),
            None => format!("-max_total_time={}", arguments.seconds),
        },
        format!("-max_len={}", arguments.longest),
    ];
    let mut rows = Vec::new();
    for target in chosen {
        println!("\n== {target}");
        let mut command = cargo_fuzz(workspace, target);
        if arguments.no_comparisons {
            command.arg("--no-trace-compares");
        }
        rows.push((target, one(workspace, target, command, &limits)?));
    }
    println!("\n{}", found::table(&rows));
    let broken = rows.iter().filter_map(|(target, found)| {
        let input = found.input.as_ref()?;
        Some(format!("cargo xtask fuzz {target} --input {input}"))
    });
    let broken: Vec<String> = broken.collect();
    if broken.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: an input breaks what a target states; to run it again:\n{}",
        broken.join("\n")
    );
    Ok(ExitCode::FAILURE)
}

/// The version of the nightly toolchain.
fn nightly() -> Result<String> {
    let version = process::output(Command::new("rustup").args(["run", NIGHTLY, "rustc", "-V"]));
    version.context(
        "the fuzz targets need rustup's nightly toolchain; run: \
         rustup toolchain install nightly --profile minimal",
    )
}

/// `cargo fuzz run TARGET`, compiled into `target/fuzz`. Our code has no unsafe blocks, so it needs no
/// sanitizers, which halve the speed.
fn cargo_fuzz(workspace: &Workspace, target: &str) -> Command {
    let mut command = workspace.command("rustup");
    command.args([
        "run",
        NIGHTLY,
        "cargo",
        "fuzz",
        "run",
        "--sanitizer",
        "none",
    ]);
    command
        .arg("--target-dir")
        .arg(workspace.path("target/fuzz"));
    command.arg(target);
    command
}

/// Runs a target by `command` within `limits`, or until it is broken.
fn one(
    workspace: &Workspace,
    target: &str,
    mut command: Command,
    limits: &[String],
) -> Result<Found> {
    let kept = workspace.path("target/fuzz/corpus").join(target);
    fs::create_dir_all(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
    // New cases go into the first directory.
    command
        .arg(kept)
        .arg(workspace.path("fuzz/corpus").join(target));
    command.arg("--").args(limits).arg("-print_final_stats=1");
    command.arg(format!("-timeout={LONGEST_CASE}"));
    // Otherwise a slow case would be reported like a failure.
    command.arg(format!("-report_slow_units={LONGEST_CASE}"));
    let mut found = Found::default();
    let status = process::run_reading(&mut command, Stream::Stderr, |line| found.read(line))?;
    if let Some(input) = &mut found.input {
        *input = shown(workspace, input);
    } else if !status.success() {
        bail!("`{}` failed ({status})", process::line(&command));
    }
    Ok(found)
}

/// A path as a person at the repository's root would write it.
fn shown(workspace: &Workspace, path: &str) -> String {
    let below = Path::new(path).strip_prefix(workspace.path(""));
    below.map_or(path.to_owned(), |below| below.display().to_string())
}

/// Runs the only one of `chosen` with `input` alone.
fn again(workspace: &Workspace, chosen: &[&str], input: &Path) -> Result<ExitCode> {
    let [target] = chosen else {
        bail!("--input is for one target; name it: cargo xtask fuzz TARGET --input FILE");
    };
    let input = env::current_dir()?.join(input);
    ensure!(input.is_file(), "there is no file {}", input.display());
    let status = cargo_fuzz(workspace, target).arg(input).status()?;
    Ok(process::exit_code(status))
}
