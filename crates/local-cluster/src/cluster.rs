//! The inner process: it starts the programs one after the other, and says when all are ready.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::kubectl::Kubectl;
use crate::programs::Programs;
use crate::supervisor::Supervisor;

/// What entra-sim's users may do.
const MANIFESTS: &str = include_str!("../manifests/demo.yaml");
/// How long the API server may take; it needs 3 seconds where nothing else runs.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is asked.
const PAUSE: Duration = Duration::from_millis(100);

/// Runs a cluster until it is to stop.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let directory = std::path::absolute(&arguments.dir)?;
    make_empty(&directory)?;
    let programs = Programs::prepare(arguments, &directory)?;
    let supervisor = Supervisor::new(&directory);
    start(&programs, &supervisor)?;
    writeln!(io::stdout(), "{}", programs.describe())?;
    supervisor.wait()
}

fn start(programs: &Programs, supervisor: &Supervisor) -> Result<()> {
    supervisor.start("etcd", programs.etcd())?;
    supervisor.start("kube-apiserver", programs.api_server())?;
    let kubectl = Kubectl {
        programs,
        supervisor,
    };
    wait_for_api_server(&kubectl, supervisor)?;
    supervisor.start("kube-controller-manager", programs.controller_manager())?;
    supervisor.start("kubelet", programs.kubelet())?;
    prepare(&kubectl)
}

fn wait_for_api_server(kubectl: &Kubectl<'_>, supervisor: &Supervisor) -> Result<()> {
    let start = Instant::now();
    while !kubectl.is_ready()? {
        supervisor.go_on(PAUSE)?;
        if start.elapsed() > PATIENCE {
            let lines = supervisor.last_lines("kube-apiserver");
            bail!("kube-apiserver does not get ready; its last lines:\n{lines}");
        }
    }
    Ok(())
}

fn prepare(kubectl: &Kubectl<'_>) -> Result<()> {
    kubectl.create(MANIFESTS)?;
    kubectl.wait("create", &["node/local", "--namespace=demo"])?;
    kubectl.wait("condition=Ready", &["node/local"])?;
    // The controllers make these: without them pods are refused, and roles are empty.
    // One after the other: kubectl gives up at once where two of them are not there yet.
    for object in ["serviceaccount/default", "configmap/kube-root-ca.crt"] {
        kubectl.wait("create", &[object, "--namespace=demo"])?;
    }
    let roles = ["clusterrole/view", "clusterrole/edit", "clusterrole/admin"];
    kubectl.wait("jsonpath={.rules[0].verbs}", &roles)
}

/// Makes the directory, and removes what an earlier run has left in it.
fn make_empty(directory: &Path) -> Result<()> {
    for part in ["etcd", "pods"] {
        match fs::remove_dir_all(directory.join(part)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    match fs::remove_file(directory.join("audit.log")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot make the directory {}", directory.display()))
}
