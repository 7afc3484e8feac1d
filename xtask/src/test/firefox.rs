//! The end-to-end tests of pages, in a real Firefox.

use std::process::{Command, ExitCode};

use anyhow::Result;

use super::runner::{Tests, close, run_tests};
use crate::cargo_tool::{self, CargoTool};
use crate::report::{Outcome, Report};
use crate::tally::Tally;
use crate::wasm::Preference;
use crate::{build, debian, tools};

/// Parts of the names of tests that use a browser.
const NAMES: [&str; 2] = ["in_a_browser::", "first_page::"];

/// The WebDriver server for Firefox. Debian has none.
const GECKODRIVER: CargoTool = CargoTool {
    name: "geckodriver",
    version: "0.37.1",
    takes: "2 minutes",
};

/// Builds everything, and runs them.
pub(super) fn in_firefox(tests: &Tests<'_>, preference: Option<Preference>) -> Result<ExitCode> {
    debian::ensure(&["firefox-esr"], "the pages in Firefox")?;
    debian::ensure(
        &["libfaketime", "nginx", "libnginx-mod-http-set-misc"],
        "tests that move the clock, and apps behind a proxy",
    )?;
    let geckodriver = cargo_tool::pinned(&GECKODRIVER)?;
    let (mut report, mut tally) = (Report::default(), Tally::default());
    let built = report.step("build", || {
        build::component(tests.workspace, preference)?;
        tests.build().map(|()| Outcome::Passed)
    });
    if built {
        report.step("pages, in Firefox", || {
            let mut cargo = tests.end_to_end_alone();
            if let Some(kubelogin) = tools::kubelogin(tests.workspace)? {
                cargo.env("E2E_KUBELOGIN", kubelogin);
            }
            if let Some(axe) = tests.axe()? {
                cargo.env("E2E_AXE", axe);
            }
            cargo.env("E2E_PAGES", tests.pages()?);
            select(&mut cargo, tests.filter);
            cargo.env("E2E_BROWSER", "firefox");
            cargo.env("E2E_GECKODRIVER", &geckodriver);
            // Each browser takes memory.
            cargo.env("RUST_TEST_THREADS", "2");
            run_tests(cargo, &mut tally)
        });
    }
    Ok(close(report, &tally, built))
}

fn select(cargo: &mut Command, filter: Option<&str>) {
    cargo.arg("--");
    match filter {
        Some(filter) => cargo.arg(filter),
        None => cargo.args(NAMES),
    };
}
