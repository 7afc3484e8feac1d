//! The administrator's hands: the real kubectl.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};

use crate::programs::Programs;

/// Runs it as the administrator.
pub(crate) struct Kubectl<'a>(pub(crate) &'a Programs);

impl Kubectl<'_> {
    /// Whether the API server answers that it is ready.
    pub(crate) fn is_ready(&self) -> bool {
        let mut command = self.command(&["get", "--raw=/readyz", "--request-timeout=5s"]);
        command.output().is_ok_and(|output| output.status.success())
    }

    /// Makes what `manifests` says.
    pub(crate) fn create(&self, manifests: &str) -> Result<()> {
        let mut command = self.command(&["create", "--validate=false", "--filename=-"]);
        let mut child = command
            .stdin(Stdio::piped())
            .spawn()
            .context("could not start kubectl")?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(manifests.as_bytes())?;
        }
        checked(&command, &child.wait_with_output()?)
    }

    /// Waits until `condition` holds for all of `objects`.
    pub(crate) fn wait(&self, condition: &str, objects: &[&str]) -> Result<()> {
        let condition = format!("--for={condition}");
        let mut command = self.command(&["wait", &condition, "--timeout=60s"]);
        command.args(objects);
        let output = command.output().context("could not start kubectl")?;
        checked(&command, &output)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.binary("kubectl");
        command.arg("--kubeconfig").arg(self.0.administrator());
        command.arg("--cache-dir=discovery").args(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

fn checked(command: &Command, output: &Output) -> Result<()> {
    ensure!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
