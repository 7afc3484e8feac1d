//! `cargo xtask bench`: measures the built component in the built host.

use std::ffi::OsString;
use std::process::{ExitCode, Stdio};

use anyhow::Result;

use crate::wasm::Preference;
use crate::workspace::{COMPONENT, NOOP, Workspace};
use crate::{build, debian, process, tools};

/// Measure the component in the native host, as ratios of one run.
///
/// Builds everything, then runs the package `bench`, which is told where the binaries, the
/// component and one that does nothing are (BENCH_BIN_DIR, BENCH_WASM, BENCH_NOOP_WASM).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Passed on to the measuring program; see `cargo xtask bench -- --help`.
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// Carries the command out; the exit code is the measuring program's.
pub(crate) fn run(
    workspace: &Workspace,
    preference: Option<Preference>,
    arguments: &Arguments,
) -> Result<ExitCode> {
    debian::ensure(&["libfaketime"], "moving the clock of sign-ins")?;
    debian::ensure(&["redis-server"], "measuring sessions in Redis")?;
    build::components(workspace, preference, &[COMPONENT, NOOP])?;
    build::native(workspace)?;
    let mut cargo = workspace.native_cargo("run");
    if let Some(kubelogin) = tools::kubelogin(workspace)? {
        cargo.env("E2E_KUBELOGIN", kubelogin);
    }
    if let Some(kubernetes) = tools::kubernetes(workspace)? {
        cargo.env("E2E_KUBERNETES", kubernetes);
    }
    let status = cargo
        .args(["--package", "bench", "--"])
        .args(&arguments.arguments)
        .env("BENCH_BIN_DIR", workspace.binaries())
        .env("E2E_BIN_DIR", workspace.binaries())
        .env("BENCH_WASM", workspace.wasm(COMPONENT))
        .env("BENCH_NOOP_WASM", workspace.wasm(NOOP))
        .stdin(Stdio::null())
        .status()?;
    Ok(process::exit_code(status))
}
