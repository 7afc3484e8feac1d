//! The parts of the Helm chart and of the pages on settings and routes that come from the program: its
//! settings, which process reads which, and the pages for an ingress. `cargo xtask chart` writes them, and
//! `cargo xtask check` compares them.

mod files;
mod page;
mod program;
mod setting;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use self::program::Program;
use crate::report::Outcome;
use crate::workspace::Workspace;
use crate::{process, tools};

/// Where the chart is.
const CHART: &str = "chart/oauth-proxy";

/// The page on settings.
const SETTINGS: &str = "docs/settings.md";

/// The page on routes.
const ROUTES: &str = "docs/routes.md";

/// The oldest Kubernetes that the chart supports in every runtime. A helm built from source knows only a much
/// older one.
const OLDEST: &str = "1.30.0";

/// Write the parts of the Helm chart, its README, and the documents that come from the program.
///
/// These are the settings in values.yaml and values.schema.json, files/settings.yaml (which process reads
/// which setting, which functions call which servers, the pages), and the tables in docs/settings.md and
/// docs/routes.md. If Go is installed, helm-docs also writes the README from the comments of values.yaml.
#[derive(clap::Args)]
pub(crate) struct Arguments;

/// Writes all parts.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    for (file, text) in made(workspace)? {
        fs::write(workspace.path(&file), text)?;
    }
    match readme(workspace)? {
        Some(text) => fs::write(workspace.path(CHART).join("README.md"), text)?,
        None => println!("the README is not written: there is no Go here"),
    }
    Ok(())
}

/// Compares the generated parts with the program, and lints the chart with helm.
///
/// # Errors
/// When a file is stale, or the chart is wrong.
pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let mut wanted = made(workspace)?;
    wanted.extend(readme(workspace)?.map(|text| (of_chart("README.md"), text)));
    let is_stale = |(file, text): &(String, String)| {
        let written = fs::read_to_string(workspace.path(file));
        !written.is_ok_and(|written| written == *text)
    };
    let stale: Vec<_> = wanted.iter().filter(|file| is_stale(file)).collect();
    if !stale.is_empty() {
        let names: Vec<_> = stale.iter().map(|(file, _)| file.as_str()).collect();
        bail!(
            "{} differ from the program; run: cargo xtask chart",
            names.join(", ")
        );
    }
    let Some(helm) = tools::helm(workspace)? else {
        return Ok(Outcome::Skipped("there is no Go here to build helm".into()));
    };
    for values in value_sets(workspace)? {
        let mut lint = workspace.command(&helm);
        lint.args(["lint", "--strict", "--quiet", "--kube-version", OLDEST]);
        lint.args([CHART, "--values"]);
        process::run(lint.arg(values))?;
    }
    Ok(Outcome::Passed)
}

/// The files that are made from the program alone, by their paths in the workspace.
fn made(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let program = Program::read(workspace)?;
    let read = |file: &str| {
        fs::read_to_string(workspace.path(file)).with_context(|| format!("cannot read {file}"))
    };
    let [values, schema, catalogue] =
        ["values.yaml", "values.schema.json", "files/settings.yaml"].map(of_chart);
    let values_text = files::values(&read(&values)?, &program)?;
    let schema_text = files::schema(&read(&schema)?, &program)?;
    let settings_text = page::settings(&read(SETTINGS)?, &program)?;
    let routes_text = page::functions(&read(ROUTES)?, &program)?;
    Ok(vec![
        (values, values_text),
        (schema, schema_text),
        (catalogue, files::catalogue(&program)?),
        (SETTINGS.to_owned(), settings_text),
        (ROUTES.to_owned(), routes_text),
    ])
}

/// The path in the workspace of a file of the chart.
fn of_chart(file: &str) -> String {
    format!("{CHART}/{file}")
}

/// The README that helm-docs writes; `None` if Go is missing.
fn readme(workspace: &Workspace) -> Result<Option<String>> {
    let Some(helm_docs) = tools::helm_docs(workspace)? else {
        return Ok(None);
    };
    let mut command = workspace.command(helm_docs);
    command.args(["--chart-search-root", CHART, "--sort-values-order", "file"]);
    let text = process::output(command.args(["--dry-run", "--log-level", "warning"]));
    Ok(Some(format!("{}\n", text.context("helm-docs failed")?)))
}

/// The sets of values in `ci/`.
fn value_sets(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let directory = workspace.path(CHART).join("ci");
    let mut files = directory
        .read_dir()?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    files.sort();
    Ok(files)
}
