//! `cargo xtask bench`: what the component costs in the native host, as ratios of one run.
//!
//! Every server is started here, measured from outside (`/proc`) and stopped again. What costs CPU
//! is measured by differences between routes of one and the same process, in many short rounds that
//! alternate, because machines are noisy and two processes are never treated alike.

mod client;
mod cost;
mod figures;
mod kubelogin;
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
use clap::Parser;
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

    /// Sign in this often.
    #[arg(long, value_name = "COUNT", default_value_t = 400)]
    sign_ins: usize,
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
    let servers = Servers::new(arguments).await?;
    let size = std::fs::metadata(&arguments.wasm)?.len();
    let start = start::measure(&servers, arguments.starts).await?;
    let cost = cost::measure(&servers, arguments).await?;
    let memory = memory::measure(&servers, arguments).await?;
    let sign_ins = sign_ins::measure(&servers, arguments).await?;
    let store = store::measure(arguments).await?;
    let kubelogin = kubelogin::measure(arguments).await?;
    println!("\n{cost}\n{sign_ins}\n{start}\n{memory}\n{store}\n{kubelogin}");
    println!(
        "Size\n  {:<38}{:>10.0} kB   (aim: 600)",
        "the component, stripped",
        figures::kilo(size)
    );
    Ok(())
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
