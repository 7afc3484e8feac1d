//! `local-cluster`: a real Kubernetes on loopback, for development and tests.
//!
//! etcd, kube-apiserver, kube-controller-manager and a kubelet whose containers are processes, all of
//! `tools/`. The API server trusts the tokens of entra-sim as AKS trusts those of Entra. Nothing is
//! kept, and nothing outlives this process, however it ends.

mod arguments;
mod cluster;
mod configuration;
mod keeper;
mod kubectl;
mod pki;
mod ports;
mod programs;
mod supervisor;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = if arguments.inner {
        cluster::run(&arguments).map(|()| ExitCode::SUCCESS)
    } else {
        keeper::run()
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
