//! `cargo xtask bench`: what the component costs in the native host, as ratios of one run.
//!
//! Every server is started here, measured from outside (`/proc`) and stopped again. What costs CPU
//! is measured by differences between routes of one and the same process, in many short rounds that
//! alternate, because machines are noisy and two processes are never treated alike.

mod client;
mod cost;
mod figures;
mod kubelogin;
mod kubernetes;
mod memory;
mod process;
mod servers;
mod sign_in;
mod sign_ins;
mod start;
mod steps;
mod store;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use crate::servers::Servers;

/// Measures the component in the native host.
///
/// Started by `cargo xtask bench`, which builds what is measured.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where aks-oauth-proxy and entra-sim are.
    #[arg(long, value_name = "DIRECTORY", env = "BENCH_BIN_DIR")]
    bin_dir: PathBuf,

    /// The component.
    #[arg(long, value_name = "FILE", env = "BENCH_WASM")]
    wasm: PathBuf,

    /// The component that does nothing.
    #[arg(long, value_name = "FILE", env = "BENCH_NOOP_WASM")]
    noop_wasm: PathBuf,

    /// The manifest that is measured.
    #[arg(long, value_name = "FILE", default_value = "spin.toml")]
    manifest: PathBuf,

    /// Measure CPU in this many rounds, and take medians.
    #[arg(long, value_name = "COUNT", default_value_t = 101)]
    rounds: usize,

    /// Send this many requests to each route in a round.
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    requests: usize,

    /// Keep this many connections busy.
    #[arg(long, value_name = "COUNT", default_value_t = 16)]
    connections: usize,

    /// Start this many times with a warm compilation cache.
    #[arg(long, value_name = "COUNT", default_value_t = 11)]
    starts: usize,

    /// Look at the memory after this many requests, and again after as many more.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    memory_requests: usize,

    /// Compare a store of a thousand records with one of so many in Redis, and a tenth of it in SQLite.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000)]
    records: usize,

    /// Let this many connections ask at once when a token has expired.
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    storm: usize,

    /// Sweep what this many sign-ins have left.
    #[arg(long, value_name = "COUNT", default_value_t = 400)]
    swept_sign_ins: usize,

    /// Keep this many watches open.
    #[arg(long, value_name = "COUNT", default_value_t = 500)]
    watches: usize,

    /// Stream so much to a reader who is slow.
    #[arg(long, value_name = "MEGABYTES", default_value_t = 1000)]
    slow_megabytes: u64,

    /// Measure nothing else.
    #[arg(long, value_name = "PART")]
    only: Option<Part>,

    /// Sign in this often.
    #[arg(long, value_name = "COUNT", default_value_t = 400)]
    sign_ins: usize,
}

/// What can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// `/whoami`, starts, memory, sign-ins.
    Component,
    /// Sessions in their stores.
    Sessions,
    /// kubelogin's device codes.
    DeviceCodes,
    /// The way to the API server.
    Kubernetes,
}

// One thread: the client shall leave the processors to what is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = tokio::select! {
        result = measure(&arguments) => result,
        // What was started dies with the future above.
        signal = stop() => signal.and_then(|()| Err(anyhow::anyhow!("stopped by a signal"))),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let wanted = |part| arguments.only.is_none_or(|only| only == part);
    let mut report = String::new();
    if wanted(Part::Component) {
        report += &component(arguments).await?;
    }
    if wanted(Part::Sessions) {
        report += &format!("\n{}", store::measure(arguments).await?);
    }
    if wanted(Part::DeviceCodes) {
        report += &format!("\n{}", kubelogin::measure(arguments).await?);
    }
    if wanted(Part::Kubernetes) {
        report += &format!("\n{}", kubernetes::measure(arguments).await?);
    }
    print!("{report}");
    Ok(())
}

async fn component(arguments: &Arguments) -> Result<String> {
    let servers = Servers::new(arguments).await?;
    let size = std::fs::metadata(&arguments.wasm)?.len();
    let start = start::measure(&servers, arguments.starts).await?;
    let cost = cost::measure(&servers, arguments).await?;
    let memory = memory::measure(&servers, arguments).await?;
    let sign_ins = sign_ins::measure(&servers, arguments).await?;
    Ok(format!(
        "\n{cost}\n{sign_ins}\n{start}\n{memory}\nSize\n  {:<38}{:>10.0} kB   (aim: 600)\n",
        "the component, stripped",
        figures::kilo(size)
    ))
}

/// Ready when somebody wants this to end.
async fn stop() -> Result<()> {
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
