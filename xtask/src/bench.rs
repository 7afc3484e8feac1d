//! `cargo xtask bench`: measures the built component in the built host.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

use anyhow::Result;

use crate::spin::Program;
use crate::wasm::Preference;
use crate::workspace::{COMPONENT, NOOP, Workspace};
use crate::{build, debian, process, tools};

/// Measure the component in the native host, as ratios of one run.
///
/// Builds everything, and runs the package `bench` with the paths of the binaries, the component and the
/// empty component (BENCH_BIN_DIR, BENCH_WASM, BENCH_NOOP_WASM).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Measure the component also in a real Spin, in a column beside our own host: the Spin CLI, or a program
    /// with the arguments of `spin up`.
    #[arg(long, value_name = "PROGRAM")]
    spin: Option<PathBuf>,

    /// Passed on to the measuring program; see `cargo xtask bench -- --help`.
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// Runs the command; the exit code is the measuring program's.
pub(crate) fn run(
    workspace: &Workspace,
    preference: Option<Preference>,
    arguments: &Arguments,
) -> Result<ExitCode> {
    let spin = arguments.spin.as_deref().map(Program::find).transpose()?;
    debian::ensure(&["libfaketime"], "moving the clock of sign-ins")?;
    debian::ensure(&["redis-server"], "measuring sessions in Redis")?;
    let peer = peer(workspace, &arguments.arguments)?;
    debian::ensure(&["chromium", "chromium-driver"], "measuring pages")?;
    build::components(workspace, preference, &[COMPONENT, NOOP])?;
    build::native(workspace)?;
    let mut cargo = workspace.native_cargo("run");
    if let Some(kubelogin) = tools::kubelogin(workspace)? {
        cargo.env("E2E_KUBELOGIN", kubelogin);
    }
    if let Some(kubernetes) = tools::kubernetes(workspace)? {
        cargo.env("E2E_KUBERNETES", kubernetes);
    }
    if let Some(peer) = peer {
        cargo.env("BENCH_OAUTH2_PROXY", peer);
    }
    cargo.args(["--package", "bench", "--"]);
    if let Some(spin) = &spin {
        println!("beside it: {}", spin.version());
        cargo.arg("--spin").arg(spin.path());
    }
    let status = cargo
        .args(&arguments.arguments)
        .env("BENCH_BIN_DIR", workspace.binaries())
        .env("E2E_BIN_DIR", workspace.binaries())
        .env("BENCH_WASM", workspace.wasm(COMPONENT))
        .env("BENCH_NOOP_WASM", workspace.wasm(NOOP))
        .stdin(Stdio::null())
        .status()?;
    Ok(process::exit_code(status))
}

/// The program to compare with for apps; `None` if `arguments` do not ask for it, or Go is missing.
fn peer(workspace: &Workspace, arguments: &[OsString]) -> Result<Option<PathBuf>> {
    let mut names = arguments.iter().filter_map(|argument| argument.to_str());
    let is_wanted = names.any(|argument| argument == "--peer" || argument.starts_with("--peer="));
    if !is_wanted {
        return Ok(None);
    }
    debian::ensure(&["nginx"], "measuring apps beside nginx")?;
    tools::oauth2_proxy(workspace)
}
