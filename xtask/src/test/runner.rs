//! How tests are run.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{fs, io};

use anyhow::{Context, Result, bail};

use crate::process::{self, Stream};
use crate::report::{Outcome, Report};
use crate::tally::Tally;
use crate::workspace::{COMPONENT, Workspace};
use crate::{build, debian, pages, tools};

/// All packages with tests. They are always built together, even if only some tests are wanted: cargo unifies
/// the features of the given packages, and another choice would compile most of wasmtime again.
const PACKAGES: [&str; 24] = [
    COMPONENT,
    "xtask",
    "all-variables",
    "convert",
    "descendants",
    "egress",
    "forwarded",
    "tls",
    "kubernetes-host",
    "listener",
    "metrics",
    "probes",
    "redis-token",
    "sidecar",
    "traces",
    "tunnel",
    "verdict",
    "entra-sim",
    "local-cluster",
    "host",
    "doctor",
    "aks-oauth-proxy",
    "e2e",
    "bench",
];

/// Prints the table and the count.
pub(super) fn close(report: Report, tally: &Tally, built: bool) -> ExitCode {
    let mut code = report.close();
    if built && tally.is_empty() {
        eprintln!("error: no test ran: none has a name that contains the filter");
        code = ExitCode::FAILURE;
    }
    println!("{tally}");
    code
}

/// The selection of tests, and how they run.
pub(super) struct Tests<'a> {
    pub(super) workspace: &'a Workspace,
    /// Only tests whose name contains this.
    pub(super) filter: Option<&'a str>,
    /// Also slow tests.
    pub(super) long: bool,
}

impl Tests<'_> {
    /// Compiles the programs and tests of all packages.
    pub(super) fn build(&self) -> Result<()> {
        build::announce_wasmtime(self.workspace);
        let mut cargo = self.workspace.native_cargo("build");
        cargo.arg("--all-targets");
        process::run(&mut of_all_packages(cargo))
    }

    /// `cargo test` of all packages.
    pub(super) fn cargo_test(&self) -> Command {
        let mut cargo = of_all_packages(self.workspace.native_cargo("test"));
        cargo.arg("--no-fail-fast");
        cargo.args(self.filter);
        cargo
            .env("E2E_BIN_DIR", self.workspace.binaries())
            .env("E2E_WASM", self.workspace.wasm(COMPONENT));
        cargo
    }

    /// All pages, as files in `target/pages`.
    pub(super) fn pages(&self) -> Result<PathBuf> {
        let folder = self.workspace.target().join("pages");
        let test = of_all_packages(self.workspace.native_cargo("test"));
        pages::write(test, &folder)?;
        Ok(folder)
    }

    /// Python's tests against entra-sim.
    pub(super) fn msal(&self, tally: &mut Tally) -> Result<Outcome> {
        let entra = self.workspace.binaries().join("entra-sim");
        self.python("tests/python", &[("ENTRA_SIM_BIN", &entra)], tally)
    }

    /// The chart, rendered by helm.
    pub(super) fn chart(&self, tally: &mut Tally) -> Result<Outcome> {
        let Some(helm) = tools::helm(self.workspace)? else {
            return Ok(Outcome::Skipped("there is no Go here to build helm".into()));
        };
        self.python("tests/chart", &[("HELM_BIN", &helm)], tally)
    }

    /// Python's tests in a directory, which get programs and files by variables.
    pub(super) fn python(
        &self,
        directory: &str,
        variables: &[(&str, &Path)],
        tally: &mut Tally,
    ) -> Result<Outcome> {
        let mut python = self.workspace.command(self.virtual_environment()?);
        python.args(["-m", "unittest", "discover", "--start-directory", directory]);
        if let Some(filter) = self.filter {
            python.args(["-k", filter]);
        }
        python.envs(variables.iter().copied());
        let status = process::run_reading(&mut python, Stream::Stderr, |line| {
            tally.read_unittest(line)
        })?;
        // From Python 3.12 on, this code means that no test ran.
        let filtered_out = self.filter.is_some() && status.code() == Some(5);
        if !status.success() && !filtered_out {
            bail!("`{}` failed ({status})", process::line(&python));
        }
        Ok(Outcome::Passed)
    }

    /// The Python of `target/venv`, with the packages of `tests/python/requirements.txt`.
    pub(super) fn virtual_environment(&self) -> Result<PathBuf> {
        let wanted_by = self.workspace.path("tests/python/requirements.txt");
        let wanted = fs::read_to_string(&wanted_by)
            .with_context(|| format!("cannot read {}", wanted_by.display()))?;
        let directory = self.workspace.target().join("venv");
        let (python, stamp) = (
            directory.join("bin/python"),
            directory.join("installed.txt"),
        );
        let installed = fs::read_to_string(&stamp);
        // An environment breaks when its Python is removed.
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

fn of_all_packages(mut cargo: Command) -> Command {
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    cargo
}

/// Runs `cargo test`, and counts.
pub(super) fn run_tests(mut cargo: Command, tally: &mut Tally) -> Result<Outcome> {
    let status = process::run_reading(&mut cargo, Stream::Stdout, |line| tally.read_cargo(line))?;
    if !status.success() {
        bail!("`{}` failed ({status})", process::line(&cargo));
    }
    Ok(Outcome::Passed)
}

/// Debian's Python lacks `ensurepip`, without which an environment has no pip.
fn ensure_venv() -> Result<()> {
    let has_it =
        || process::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]));
    if has_it() {
        return Ok(());
    }
    debian::ensure(&["python3", "python3-venv"], "tests in Python")?;
    if !has_it() {
        bail!("python3 has no module venv: install what its distributor calls python3-venv");
    }
    Ok(())
}
