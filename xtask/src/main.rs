//! `cargo xtask`: the project's own commands, from starting everything locally to the steps of CI.
//!
//! It is compiled first, so it depends on no part of the product, and on neither tokio nor wasmtime. It
//! builds into `target/` of this repository (`CARGO_TARGET_DIR` is ignored), because `spin.toml` names the
//! component there.

mod bench;
mod build;
mod cargo_tool;
mod chart;
mod check;
mod debian;
mod documents;
mod fuzz;
mod image;
mod imports;
mod pages;
mod process;
mod report;
mod screenshots;
mod spin;
mod tally;
mod test;
mod tools;
mod up;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::wasm::Preference;
use crate::workspace::Workspace;

/// The project's own commands.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
struct Cli {
    /// Compile the component with this toolchain; by default, the first one that is found.
    ///
    /// rustup: the active Rust toolchain, which must have the target wasm32-wasip1.
    /// debian: Debian's rustc-web and its standard library's source.
    #[arg(
        long,
        global = true,
        value_enum,
        env = "XTASK_WASM_TOOLCHAIN",
        value_name = "WHICH"
    )]
    wasm_toolchain: Option<Preference>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Up(up::Arguments),
    Test(test::Arguments),
    Check(check::Arguments),
    Build(build::Arguments),
    Bench(bench::Arguments),
    Fuzz(fuzz::Arguments),
    Chart(chart::Arguments),
    Docs(documents::Arguments),
    Image(image::Arguments),
    Screenshots(screenshots::Arguments),
    #[command(hide = true)]
    WithParent(process::WithParent),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    run(cli).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(cli: Cli) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    match cli.command {
        Command::Up(arguments) => up::run(&workspace, cli.wasm_toolchain, &arguments),
        Command::Test(arguments) => test::run(&workspace, cli.wasm_toolchain, &arguments),
        Command::Check(arguments) => Ok(check::run(&workspace, cli.wasm_toolchain, &arguments)),
        Command::Build(arguments) => {
            build::run(&workspace, cli.wasm_toolchain, &arguments)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Bench(arguments) => bench::run(&workspace, cli.wasm_toolchain, &arguments),
        Command::Chart(chart::Arguments) => {
            chart::write(&workspace)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Docs(documents::Arguments) => documents::run(&workspace),
        Command::Image(arguments) => {
            image::run(&workspace, cli.wasm_toolchain, &arguments)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Screenshots(arguments) => screenshots::run(&workspace, &arguments),
        Command::Fuzz(arguments) => fuzz::run(&workspace, &arguments),
        Command::WithParent(arguments) => Err(process::become_child(&arguments)),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
