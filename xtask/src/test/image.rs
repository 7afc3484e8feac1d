//! The end-to-end tests in the container image, by a real OCI runtime.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use super::runner::{Tests, close, run_tests};
use crate::image::{self, Inputs, Layouts};
use crate::report::{Outcome, Report};
use crate::tally::Tally;
use crate::wasm::Preference;
use crate::{debian, process};

/// The default tests for the image: the sign-in, also with kubelogin, and the image's contents.
const FILTERS: [&str; 3] = [
    "sign_in::",
    "image::",
    "device_code::code::carol_signs_in_with_nothing_but_a_browser_and_the_code",
];

/// Assembles the image for this machine twice, compares, unpacks it, and runs the tests in it.
pub(super) fn in_image(tests: &Tests<'_>, preference: Option<Preference>) -> Result<ExitCode> {
    ensure!(
        rustix::process::geteuid().is_root(),
        "only root may unpack an image with its owners and run it (umoci, runc): use sudo"
    );
    debian::ensure(&["runc", "umoci"], "running the image")?;
    let directory = tests.workspace.target().join("image-test");
    let (mut report, mut tally) = (Report::default(), Tally::default());
    let mut inputs = None;
    let built = report.step("build", || {
        inputs = Some(image::for_this_machine(tests.workspace, preference)?);
        tests.build().map(|()| Outcome::Passed)
    });
    let mut bundle = None;
    if let Some(inputs) = inputs {
        report.step("the same inputs are the same images", || {
            let layouts = twice(&inputs, &directory)?;
            bundle = Some(unpack(&layouts.container, inputs.version(), &directory)?);
            Ok(Outcome::Passed)
        });
    }
    if let Some(bundle) = bundle.filter(|_| built) {
        report.step("end to end, in the image", || {
            tests.in_bundle(&bundle, &mut tally)
        });
    }
    Ok(close(report, &tally, built))
}

/// Assembles everything twice. The first result is tested.
fn twice(inputs: &Inputs, directory: &Path) -> Result<Layouts> {
    let one = inputs.assemble(&directory.join("one"))?;
    let other = inputs.assemble(&directory.join("other"))?;
    ensure!(
        one.digests == other.digests,
        "two images of the same inputs differ: {:?} and {:?}",
        one.digests,
        other.digests
    );
    Ok(one)
}

/// umoci's result: a root file system, and its runtime configuration.
fn unpack(layout: &Path, tag: &str, directory: &Path) -> Result<PathBuf> {
    let bundle = directory.join("bundle");
    if bundle.exists() {
        fs::remove_dir_all(&bundle)?;
    }
    let mut umoci = Command::new("umoci");
    umoci.args(["unpack", "--image"]);
    umoci
        .arg(format!("{}:{tag}", layout.display()))
        .arg(&bundle);
    process::run(&mut umoci).context("umoci does not understand the image")?;
    Ok(bundle)
}

impl Tests<'_> {
    fn in_bundle(&self, bundle: &Path, tally: &mut Tally) -> Result<Outcome> {
        let mut cargo = self.end_to_end_alone();
        cargo.arg("--");
        match self.filter {
            Some(filter) => cargo.arg(filter),
            None => cargo.args(FILTERS),
        };
        cargo.env("E2E_BUNDLE", bundle);
        // Its place in the image.
        cargo.env("E2E_KUBELOGIN", "/usr/local/bin/kubelogin");
        run_tests(cargo, tally)
    }
}
