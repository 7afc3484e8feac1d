//! `cargo xtask test`: every test.

mod axe;
mod end_to_end;
mod firefox;
mod image;
mod runner;
mod schemas;

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

/// Run every test.
///
/// The steps are the chart, if Go is installed to build helm; building the component, one for the host's
/// tests, and all native programs and tests; Python's MSAL against entra-sim (a virtual environment in
/// target/venv); the tests of every package; and the end-to-end tests with the real component, binaries and
/// Chromium. These use axe-core if npm can fetch it, and kubelogin and a Kubernetes if Go is installed to
/// build them. python3-venv, chromium and chromium-driver are installed if allowed (root or CI, on Debian).
/// Failing tests stop no later step; a failing build does.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this.
    filter: Option<String>,

    /// Also run slow tests: a watch that is idle for 15 minutes.
    #[arg(long)]
    long: bool,

    /// Run only the end-to-end tests, with this program in place of `serve`: the Spin CLI, or a program with
    /// the arguments of `spin up`. tests/not-on-spin.toml lists those that cannot apply.
    #[arg(long, value_name = "PROGRAM")]
    spin: Option<PathBuf>,

    /// Assemble the container image for this machine twice, compare, and run the sign-in of the end-to-end
    /// tests in it: by runc, as the image's own user, with a read-only root. Needs root; with a filter, those
    /// tests.
    #[arg(long, conflicts_with = "spin")]
    image: bool,

    /// Run the end-to-end tests of pages alone, in Firefox in place of Chromium; with a filter, those of them.
    /// Debian's firefox-esr is installed where that is allowed, and geckodriver compiled.
    #[arg(long, conflicts_with_all = ["spin", "image"])]
    firefox: bool,

    /// Only compare the chart's output with the schemas of the oldest and the newest supported Kubernetes, by
    /// kubeconform: seconds, once helm and kubeconform are built. The end-to-end tests use a real API server,
    /// which checks more, but has one release.
    #[arg(long, conflicts_with_all = ["spin", "image", "firefox"])]
    chart_schemas: bool,
}

/// Runs the command: a table, and then the count on the last line.
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
    if arguments.image {
        return image::in_image(&tests, preference);
    }
    if arguments.firefox {
        return firefox::in_firefox(&tests, preference);
    }
    if arguments.chart_schemas {
        return Ok(schemas::of_the_chart(&tests));
    }
    let (mut report, mut tally) = (Report::default(), Tally::default());
    report.step("the chart", || tests.chart(&mut tally));
    let built = report.step("build the components", || {
        build::components(workspace, preference, &[COMPONENT, FIXTURE]).map(|()| Outcome::Passed)
    }) && report.step("build the native programs and tests", || {
        tests.build().map(|()| Outcome::Passed)
    });
    if built {
        report.step("MSAL against entra-sim", || tests.msal(&mut tally));
        report.step("the kubelet (Go)", || tools::test(workspace));
        report.step("unit tests, and end to end", || tests.all(&mut tally));
    }
    Ok(close(report, &tally, built))
}
