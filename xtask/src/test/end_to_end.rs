//! The end-to-end tests, in our own host or in a real Spin.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use super::runner::{Tests, close, run_tests};
use crate::report::{Outcome, Report};
use crate::spin::{NotApplicable, Program};
use crate::tally::Tally;
use crate::wasm::Preference;
use crate::{build, debian, image, process, tools};

/// The end-to-end tests with a real Spin.
pub(super) fn on_spin(
    tests: &Tests<'_>,
    preference: Option<Preference>,
    program: &Program,
) -> Result<ExitCode> {
    println!("on {}", program.version());
    tests.ensure_programs()?;
    let (mut report, mut tally) = (Report::default(), Tally::default());
    let built = report.step("build", || {
        build::component(tests.workspace, preference)?;
        tests.build().map(|()| Outcome::Passed)
    });
    if built {
        report.step("end to end, on Spin", || {
            tests.end_to_end_on(program, &mut tally)
        });
    }
    Ok(close(report, &tally, built))
}

impl Tests<'_> {
    /// The tests of all packages, and end to end.
    pub(super) fn all(&self, tally: &mut Tally) -> Result<Outcome> {
        self.ensure_programs()?;
        run_tests(self.with_programs(self.cargo_test())?, tally)
    }

    /// Runs all tests except those that cannot apply, which are listed.
    fn end_to_end_on(&self, program: &Program, tally: &mut Tally) -> Result<Outcome> {
        let all = self.names()?;
        let tests = NotApplicable::read(self.workspace)?.select(&all, self.filter)?;
        for (name, why) in &tests.skipped {
            println!("not on Spin: {name}: {why}");
            tally.skipped += 1;
        }
        if tests.run.is_empty() {
            return Ok(Outcome::Skipped("none of them applies".into()));
        }
        let mut cargo = self.with_programs(self.end_to_end_alone())?;
        cargo.args(["--", "--exact"]).args(&tests.run);
        cargo.env("E2E_SPIN", program.path());
        run_tests(cargo, tally)
    }

    /// The names of all end-to-end tests.
    fn names(&self) -> Result<Vec<String>> {
        let mut cargo = self.end_to_end_alone();
        let listed = process::output(cargo.args(["--", "--list", "--format=terse"]));
        let listed = listed.context("the end-to-end tests cannot be listed")?;
        let names = listed
            .lines()
            .filter_map(|line| line.strip_suffix(": test"));
        Ok(names.map(str::to_owned).collect())
    }

    /// `cargo test` of the end-to-end tests, all of them.
    pub(super) fn end_to_end_alone(&self) -> Command {
        let mut cargo = Self {
            filter: None,
            ..*self
        }
        .cargo_test();
        cargo.args(["--test", "e2e"]);
        cargo
    }

    fn ensure_programs(&self) -> Result<()> {
        let browser = ["chromium", "chromedriver"];
        if !browser
            .iter()
            .all(|program| process::which(program).is_some())
        {
            debian::ensure(&["chromium", "chromium-driver"], "the browser test")?;
        }
        debian::ensure(&["libfaketime"], "tests that move the clock")?;
        // Without root no container runs, and the tests of the chart on a cluster report it.
        if rustix::process::geteuid().is_root() {
            debian::ensure(&["runc"], "tests of the chart on a cluster")?;
        }
        debian::ensure(
            &["tinyproxy-bin", "libnss-wrapper"],
            "tests with a forward proxy, and in which a name moves",
        )?;
        debian::ensure(&["redis-server"], "tests with sessions in Redis")?;
        debian::ensure(
            &["nginx", "libnginx-mod-http-set-misc", "caddy", "haproxy"],
            "tests of apps behind each proxy",
        )?;
        let prometheus = ["prometheus", "promtool"];
        match prometheus
            .iter()
            .all(|program| process::which(program).is_some())
        {
            true => Ok(()),
            false => debian::ensure(&["prometheus"], "tests of metrics and alerts"),
        }
    }

    /// Adds the paths of the programs that the end-to-end tests start.
    fn with_programs(&self, mut cargo: Command) -> Result<Command> {
        if let Some(kubelogin) = tools::kubelogin(self.workspace)? {
            cargo.env("E2E_KUBELOGIN", kubelogin);
        }
        if let Some(podinfo) = tools::podinfo(self.workspace)? {
            cargo.env("E2E_PODINFO", podinfo);
        }
        tools::kubernetes_clients(self.workspace)?;
        if let Some(directory) = tools::kubernetes(self.workspace)? {
            cargo.env("E2E_KUBERNETES", directory);
        }
        let spin_image = self.workspace.target().join("spin-image-test");
        image::spin_for_tests(self.workspace, &spin_image)?;
        cargo.env("E2E_SPIN_IMAGE", spin_image);
        cargo.env("E2E_PYTHON", self.virtual_environment()?);
        if let Some(axe) = self.axe()? {
            cargo.env("E2E_AXE", axe);
        }
        cargo.env("E2E_PAGES", self.pages()?);
        if self.long {
            cargo.env("E2E_LONG", "1");
        }
        Ok(cargo)
    }
}
