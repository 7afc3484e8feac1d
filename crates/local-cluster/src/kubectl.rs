//! The administrator's hands: the real kubectl.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::programs::Programs;
use crate::supervisor::Supervisor;

/// How often is looked whether it has ended.
const PAUSE: Duration = Duration::from_millis(20);

/// Runs it as the administrator, for as long as there is to be a cluster.
pub(crate) struct Kubectl<'a> {
    pub(crate) programs: &'a Programs,
    pub(crate) supervisor: &'a Supervisor,
}

impl Kubectl<'_> {
    /// Whether the API server answers that it is ready.
    pub(crate) fn is_ready(&self) -> Result<bool> {
        let command = self.command(&["get", "--raw=/readyz", "--request-timeout=5s"]);
        Ok(self.run(command, "")?.status.success())
    }

    /// Makes what `manifests` says.
    pub(crate) fn create(&self, manifests: &str) -> Result<()> {
        let command = self.command(&["create", "--validate=false", "--filename=-"]);
        checked("create", &self.run(command, manifests)?)
    }

    /// Waits until `condition` holds for all of `objects`.
    pub(crate) fn wait(&self, condition: &str, objects: &[&str]) -> Result<()> {
        let condition = format!("--for={condition}");
        let mut command = self.command(&["wait", &condition, "--timeout=60s"]);
        command.args(objects);
        checked(&condition, &self.run(command, "")?)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.programs.binary("kubectl");
        command
            .arg("--kubeconfig")
            .arg(self.programs.administrator());
        command.arg("--cache-dir=discovery").args(arguments);
        command
    }

    /// What it prints is short enough for the pipes.
    fn run(&self, mut command: Command, input: &str) -> Result<Output> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("could not start kubectl")?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        while child.try_wait()?.is_none() {
            self.supervisor.go_on(PAUSE)?;
        }
        Ok(child.wait_with_output()?)
    }
}

fn checked(what: &str, output: &Output) -> Result<()> {
    ensure!(
        output.status.success(),
        "kubectl {what}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
