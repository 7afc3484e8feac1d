//! `aks-oauth-proxy`: runs beside Spin, or instead of it.

mod again;
mod announce;
mod any_certificate;
mod cli;
mod convert;
mod doctor;
mod environment;
mod exit;
mod files;
mod front;
mod healthcheck;
mod kubelogin;
mod listen;
mod listeners;
mod proxies;
mod readiness;
mod redis;
mod scrape;
mod serve;
mod shutdown;
mod sidecar;
mod tracing;
mod tunnel;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::exit::Failure;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(instead) => return exit::instead_of_running(&instead),
    };
    if let Command::KubeloginGuard(arguments) = &cli.command {
        // One of many processes: it needs no runtime.
        return kubelogin::guard(arguments);
    }
    if let Command::Doctor(arguments) = cli.command {
        return doctor::run(arguments);
    }
    if let Command::Convert(arguments) = &cli.command {
        return match convert::run(arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(),
        };
    }
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        match command {
            Command::Serve(arguments) => serve::run(arguments).await,
            Command::Sidecar(arguments) => sidecar::run(arguments).await,
            Command::Tunnel(arguments) => tunnel::run(arguments).await,
            Command::Healthcheck(arguments) => healthcheck::run(arguments).await,
            Command::Convert(_) | Command::Doctor(_) | Command::KubeloginGuard(_) => Ok(()),
        }
    })
}
