//! `cargo xtask test`: every test, the cheap ones first.

mod end_to_end;
mod runner;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use self::runner::{Tests, close};
use crate::report::{Outcome, Report};
use crate::spin::Program;
use crate::tally::Tally;
use crate::wasm::Preference;
use crate::workspace::{COMPONENT, FIXTURE, Workspace};
use crate::{build, tools};

/// Run every test, the cheap ones first.
///
/// The steps: unit tests of the packages that compile in a moment; the chart, where Go is installed to
/// build helm; the component, one for the host's
/// tests and the native binaries are built; tests of the packages that they are made of; Python's
/// MSAL against entra-sim (a virtual environment in target/venv); end to end, with the real
/// component, binaries and Chromium, and kubelogin and a Kubernetes where Go is installed to build
/// them. python3-venv, chromium and chromium-driver are installed where that is allowed
/// (root or CI, on Debian). Tests that fail stop no later step, a build that fails does.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this.
    filter: Option<String>,

    /// Run also what takes its time: a watch that is idle for 15 minutes.
    #[arg(long)]
    long: bool,

    /// Run the end-to-end tests alone, with this program in place of `serve`: the Spin CLI, or what takes
    /// the arguments of `spin up`. tests/not-on-spin.toml says which of them cannot apply.
    #[arg(long, value_name = "PROGRAM")]
    spin: Option<PathBuf>,
}

/// Packages whose tests compile in a moment, with most of the decisions in them.
const LIGHT: [&str; 2] = [COMPONENT, "xtask"];
/// Packages that share dependencies with the native binaries. All of them in one go: cargo unites
/// the features of what it is given, and would compile parts of wasmtime again for another choice.
const HEAVY: [&str; 12] = [
    "descendants",
    "forwarded",
    "tls",
    "kubernetes-host",
    "listener",
    "sidecar",
    "tunnel",
    "entra-sim",
    "local-cluster",
    "host",
    "aks-oauth-proxy",
    "bench",
];

/// Carries the command out: a table, and then the count alone on the last line.
pub(crate) fn run(
    workspace: &Workspace,
    preference: Option<Preference>,
    arguments: &Arguments,
) -> Result<ExitCode> {
    let tests = Tests {
        workspace,
        filter: arguments.filter.as_deref(),
        long: arguments.long,
    };
    if let Some(program) = &arguments.spin {
        return end_to_end::on_spin(&tests, preference, &Program::find(program)?);
    }
    let (mut report, mut tally) = (Report::default(), Tally::default());
    report.step("unit tests, light packages", || {
        tests.cargo(&LIGHT, &mut tally)
    });
    report.step("the chart", || tests.chart(&mut tally));
    let built = report.step("build the components", || {
        build::components(workspace, preference, &[COMPONENT, FIXTURE]).map(|()| Outcome::Passed)
    }) && report.step("build the native binaries", || {
        build::native(workspace).map(|()| Outcome::Passed)
    });
    if built {
        report.step("tests of the native packages", || {
            tests.cargo(&HEAVY, &mut tally)
        });
        report.step("MSAL against entra-sim", || tests.msal(&mut tally));
        report.step("the kubelet (Go)", || tools::test(workspace));
        report.step("end to end", || tests.end_to_end(&mut tally));
    }
    Ok(close(report, &tally, built))
}
