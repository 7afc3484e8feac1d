//! `cargo xtask bench`: the cost of the component in the native host, as ratios within one run.
//!
//! Starts every server, measures it from outside (`/proc`) and stops it. CPU costs are differences between
//! routes of one process, in many short alternating rounds: machines are noisy, and no two processes behave
//! alike.

mod arguments;
mod client;
mod columns;
mod cost;
mod figures;
mod kernel;
mod kubelogin;
mod kubernetes;
mod memory;
mod pages;
mod peer;
mod process;
mod processes;
mod proxy;
mod servers;
mod sign_in;
mod sign_ins;
mod stack;
mod start;
mod steps;
mod store;
mod watching;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::{Arguments, Part, Peer};
use crate::columns::{Columns, Section};
use crate::servers::{Host, Servers};

// One thread, so that the client leaves the processors to the servers.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = tokio::select! {
        result = measure(&arguments) => result,
        // Dropping the future above has stopped the servers.
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

/// Prints each part's results at once, since a later part may fail.
async fn measure(arguments: &Arguments) -> Result<()> {
    match &arguments.peer {
        Some(Peer::OAuth2Proxy) => {
            println!("{}", peer::measure(arguments).await?);
            return Ok(());
        }
        Some(Peer::KubeOidcProxy(program)) => {
            println!("{}", kubernetes::beside(arguments, program).await?);
            return Ok(());
        }
        None => {}
    }
    let wanted = |part| arguments.only.is_none_or(|only| only == part);
    if wanted(Part::Component) {
        println!("{}", component(arguments).await?);
    }
    if wanted(Part::Sessions) {
        println!("{}", store::measure(arguments).await?);
    }
    if wanted(Part::DeviceCodes) {
        println!("{}", kubelogin::measure(arguments).await?);
    }
    if wanted(Part::Kubernetes) {
        println!("{}", kubernetes::measure(arguments).await?);
    }
    if wanted(Part::Crowd) {
        println!("{}", kubernetes::crowd(arguments).await?);
    }
    if wanted(Part::Processes) {
        println!("{}", processes::measure(arguments).await?);
    }
    if wanted(Part::Pages) {
        println!("{}", pages::measure(arguments).await?);
    }
    if wanted(Part::Watching) {
        println!("{}", watching::measure(arguments).await?);
    }
    Ok(())
}

/// One subject, as each host has measured it.
type Subject = Vec<(&'static str, Section)>;

/// Measures in our own host and, if requested, in a real Spin with the same component. The results of our own
/// are printed even if Spin fails.
async fn component(arguments: &Arguments) -> Result<String> {
    let mut measured: [Subject; 4] = Default::default();
    add(&mut measured, arguments, Host::Serve).await?;
    if let Some(program) = &arguments.spin {
        let added = add(&mut measured, arguments, Host::Spin(program.clone())).await;
        added.inspect_err(|_| println!("{}", shown(&measured)))?;
    }
    let size = std::fs::metadata(&arguments.wasm)?.len();
    Ok(format!(
        "{}\nSize\n  {:<40}{:>17.0} kB   (aim: 600)\n",
        shown(&measured),
        "the component, stripped",
        figures::kilo(size)
    ))
}

async fn add(measured: &mut [Subject; 4], arguments: &Arguments, host: Host) -> Result<()> {
    let name = host.name();
    let sections = in_host(arguments, host).await?;
    for (subject, section) in measured.iter_mut().zip(sections) {
        subject.push((name, section));
    }
    Ok(())
}

fn shown(measured: &[Subject; 4]) -> String {
    let subjects = measured.each_ref();
    subjects
        .map(|hosts| format!("\n{}", Columns(hosts)))
        .concat()
}

async fn in_host(arguments: &Arguments, host: Host) -> Result<[Section; 4]> {
    eprintln!("bench: the component in {}", host.name());
    let servers = Servers::new(arguments, host).await?;
    let start = start::measure(&servers, arguments.starts).await?;
    let cost = cost::measure(&servers, arguments).await?;
    let memory = memory::measure(&servers, arguments).await?;
    let sign_ins = sign_ins::measure(&servers, arguments).await?;
    Ok([
        cost.section(),
        sign_ins.section(),
        start.section(),
        memory.section(),
    ])
}

/// Returns at a signal to stop.
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
