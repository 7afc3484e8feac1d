//! `cargo xtask test`: every test, the cheap ones first.

mod end_to_end;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::{fs, io};

use anyhow::{Context, Result, bail};

use crate::process::{self, Stream};
use crate::report::{Outcome, Report};
use crate::spin::Program;
use crate::tally::Tally;
use crate::wasm::Preference;
use crate::workspace::{COMPONENT, FIXTURE, Workspace};
use crate::{build, debian, tools};

/// Run every test, the cheap ones first.
///
/// The steps: unit tests of the packages that compile in a moment; the component, one for the host's
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
    let built = report.step("build the components", || {
        build::components(workspace, preference, &[COMPONENT, FIXTURE]).map(|()| Outcome::Passed)
    }) && report.step("build the native binaries", || {
        build::native(workspace).map(|()| Outcome::Passed)
    });
    if built {
        report.step("tests of the native packages", || {
            tests.cargo(&HEAVY, &mut tally)
        });
        report.step("MSAL against entra-sim", || tests.python(&mut tally));
        report.step("the kubelet (Go)", || tools::test(workspace));
        report.step("end to end", || tests.end_to_end(&mut tally));
    }
    Ok(close(report, &tally, built))
}

/// Prints the table and the count.
fn close(report: Report, tally: &Tally, built: bool) -> ExitCode {
    let mut code = report.close();
    if built && tally.is_empty() {
        eprintln!("error: no test ran: none has a name that contains the filter");
        code = ExitCode::FAILURE;
    }
    println!("{tally}");
    code
}

struct Tests<'a> {
    workspace: &'a Workspace,
    filter: Option<&'a str>,
    long: bool,
}

impl Tests<'_> {
    fn cargo(&self, packages: &[&str], tally: &mut Tally) -> Result<Outcome> {
        run_tests(self.command(packages), tally)
    }

    /// `cargo test` of these packages.
    fn command(&self, packages: &[&str]) -> Command {
        let mut cargo = self.workspace.native_cargo("test");
        cargo.arg("--no-fail-fast");
        for package in packages {
            cargo.args(["--package", package]);
        }
        cargo.args(self.filter);
        cargo
            .env("E2E_BIN_DIR", self.workspace.binaries())
            .env("E2E_WASM", self.workspace.wasm(COMPONENT));
        cargo
    }

    fn python(&self, tally: &mut Tally) -> Result<Outcome> {
        let mut python = self.workspace.command(self.virtual_environment()?);
        python.args([
            "-m",
            "unittest",
            "discover",
            "--start-directory",
            "tests/python",
        ]);
        if let Some(filter) = self.filter {
            python.args(["-k", filter]);
        }
        python.env("ENTRA_SIM_BIN", self.workspace.binaries().join("entra-sim"));
        let status = process::run_reading(&mut python, Stream::Stderr, |line| {
            tally.read_unittest(line)
        })?;
        // From Python 3.12 on: no test ran.
        let filtered_out = self.filter.is_some() && status.code() == Some(5);
        if !status.success() && !filtered_out {
            bail!("`{}` failed ({status})", process::line(&python));
        }
        Ok(Outcome::Passed)
    }

    /// The Python of `target/venv`, which has what `tests/python/requirements.txt` asks for.
    fn virtual_environment(&self) -> Result<PathBuf> {
        let wanted_by = self.workspace.path("tests/python/requirements.txt");
        let wanted = fs::read_to_string(&wanted_by)
            .with_context(|| format!("cannot read {}", wanted_by.display()))?;
        let directory = self.workspace.target().join("venv");
        let (python, stamp) = (
            directory.join("bin/python"),
            directory.join("installed.txt"),
        );
        let installed = fs::read_to_string(&stamp);
        // An environment breaks when the Python that made it goes away.
        if installed.is_ok_and(|installed| installed == wanted)
            && process::succeeds(Command::new(&python).args(["-c", "pass"]))
        {
            return Ok(python);
        }
        println!("installing tests/python/requirements.txt into target/venv");
        match fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        ensure_venv()?;
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&directory))?;
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ]);
        process::run(pip.arg(&wanted_by))?;
        fs::write(&stamp, wanted)?;
        Ok(python)
    }
}

fn run_tests(mut cargo: Command, tally: &mut Tally) -> Result<Outcome> {
    let status = process::run_reading(&mut cargo, Stream::Stdout, |line| tally.read_cargo(line))?;
    if !status.success() {
        bail!("`{}` failed ({status})", process::line(&cargo));
    }
    Ok(Outcome::Passed)
}

/// Debian splits `ensurepip`, without which an environment has no pip, from its Python.
fn ensure_venv() -> Result<()> {
    let has_it =
        || process::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]));
    if has_it() {
        return Ok(());
    }
    debian::ensure(&["python3", "python3-venv"], "the MSAL test")?;
    if !has_it() {
        bail!("python3 has no module venv: install what its distributor calls python3-venv");
    }
    Ok(())
}
