//! The tables in `docs/settings.md` and `docs/routes.md`.

use anyhow::{Context, Result};

use super::files::instead;
use super::program::{Function, Program};
use super::setting::{Fallback, Setting};

const SETTINGS: &str = "| setting | default | what it does | read by | granted to | in the chart |\n|---|---|---|---|---|---|\n";

const FUNCTIONS: &str =
    "| function | route | session store | may call | settings |\n|---|---|---|---|---|\n";

/// The page on settings with its table.
pub(super) fn settings(written: &str, program: &Program) -> Result<String> {
    let rows: String = program
        .settings
        .iter()
        .map(|(setting, readers)| row(setting, readers, program))
        .collect();
    between(written, "settings", &[SETTINGS, &rows].concat())
}

/// The page on routes with its table of functions.
pub(super) fn functions(written: &str, program: &Program) -> Result<String> {
    let rows = program.functions.iter();
    let rows: String = rows.map(|function| grants(function, program)).collect();
    between(written, "functions", &[FUNCTIONS, &rows].concat())
}

/// The page with `table` between the marks.
fn between(written: &str, mark: &str, table: &str) -> Result<String> {
    let begin = format!("<!-- {mark} -->\n");
    let end = format!("<!-- /{mark} -->");
    let missing = || format!("no marks {mark}");
    let (before, rest) = written.split_once(&begin).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    Ok([before, &begin, table, &end, after].concat())
}

fn grants(function: &Function, program: &Program) -> String {
    let Function { name, route, .. } = function;
    let store = if function.store { "yes" } else { "" };
    let calls: Vec<_> = function
        .calls
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let granted = program.granted.values();
    let settings = granted.filter(|functions| functions.contains(name)).count();
    format!(
        "| `{name}` | `{route}` | {store} | {} | {settings} |\n",
        calls.join(", ")
    )
}

fn row(setting: &Setting, readers: &[&str], program: &Program) -> String {
    let default = match &setting.fallback {
        Fallback::Required => "(required)".to_owned(),
        Fallback::Value(value) => format!("`{value}`"),
        Fallback::Derived(from) => from.clone(),
    };
    let granted = program.granted.get(&setting.name);
    let granted = granted.map(|functions| functions.join(", "));
    let chart = match instead(setting) {
        Some(instead) => instead.to_owned(),
        None => format!("`settings.{}`", setting.camel()),
    };
    format!(
        "| `{}` | {default} | {} | {} | {} | {chart} |\n",
        setting.name,
        setting.summary,
        programs(readers).join(", "),
        granted.unwrap_or_default(),
    )
}

/// The programs that read what these readers read, each once.
fn programs(readers: &[&str]) -> Vec<&'static str> {
    let mut programs: Vec<_> = readers.iter().map(|reader| program_of(reader)).collect();
    programs.dedup();
    programs
}

fn program_of(reader: &str) -> &'static str {
    match reader {
        "sidecar" | "kubelogin" => "`sidecar`",
        "tunnel" | "tunnelAlone" => "`tunnel`",
        "serve" => "`serve`",
        _ => "component",
    }
}
