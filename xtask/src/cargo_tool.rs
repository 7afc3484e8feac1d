//! Tools that cargo installs, in pinned versions.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// A program that cargo installs.
pub(crate) struct CargoTool {
    /// Its name, which is also the package's.
    pub(crate) name: &'static str,
    /// Its version.
    pub(crate) version: &'static str,
    /// How long it compiles on two cores.
    pub(crate) takes: &'static str,
}

/// The pinned tool: from the `PATH`, or from cargo's own directory, compiled if need be.
pub(crate) fn pinned(tool: &CargoTool) -> Result<PathBuf> {
    let CargoTool {
        name,
        version,
        takes,
    } = tool;
    let installed = cargo_home().map(|home| home.join("bin").join(name));
    let candidates = process::which(name).into_iter().chain(installed.clone());
    let fits = |program: &PathBuf| {
        let said = process::output(Command::new(program).arg("--version"));
        // mdBook writes `v` before its version.
        let forms = [format!("{name} {version}"), format!("{name} v{version}")];
        let says_it = said.is_some_and(|said| forms.contains(&said));
        says_it || installed.as_ref() == Some(program) && is_listed(tool)
    };
    if let Some(program) = candidates.into_iter().find(fits) {
        return Ok(program);
    }
    println!("installing {name} {version}; it compiles for about {takes} on two cores");
    let package = format!("{name}@{version}");
    let mut install = Command::new("cargo");
    install.args(["install", "--locked", "--force", "--debug", &package]);
    // Such a tool runs for seconds, so a fast compilation matters more.
    install.env("CARGO_PROFILE_DEV_DEBUG", "false");
    process::run(&mut install)?;
    installed.context("neither CARGO_HOME nor HOME is set: cannot tell where cargo installs")
}

/// Whether cargo has installed this version, for tools that do not tell it themselves.
fn is_listed(tool: &CargoTool) -> bool {
    let listed = process::output(Command::new("cargo").args(["install", "--list"]));
    let line = format!("{} v{}:", tool.name, tool.version);
    listed.is_some_and(|listed| listed.lines().any(|listed| listed == line))
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))
}
