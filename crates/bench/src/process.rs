//! A program that runs until it is dropped.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::kernel::cpu_of;

/// How long a program may take to listen. With a cold cache it compiles.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that listens.
pub(crate) struct Running {
    child: Child,
    pid: u32,
    /// The line that announced it.
    event: Value,
}

impl Running {
    /// Starts `command` and waits for the line of JSON with which it says that it listens.
    pub(crate) async fn start(command: &mut Command) -> Result<Self> {
        Self::start_until(command, listening).await
    }

    /// Starts `command` and waits for the first line that `ready` accepts. Its log is discarded.
    pub(crate) async fn start_until(
        command: &mut Command,
        ready: impl Fn(&str) -> Option<Value>,
    ) -> Result<Self> {
        let name = format!("{:?}", command.as_std().get_program());
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // Until there is a `Running`, which also waits for the end.
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        let pid = child.id().context("it has ended already")?;
        let stdout = child.stdout.take().context("no output to read")?;
        let mut lines = BufReader::new(stdout).lines();
        let said = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(event) = ready(&line) {
                    return Ok(event);
                }
            }
            bail!("{name} ended")
        };
        let event = tokio::time::timeout(PATIENCE, said)
            .await
            .with_context(|| format!("{name} did not listen in time"))??;
        let mut rest = lines.into_inner();
        tokio::spawn(async move { tokio::io::copy(&mut rest, &mut tokio::io::sink()).await });
        Ok(Self { child, pid, event })
    }

    /// A member of its announcement.
    pub(crate) fn said(&self, member: &str) -> Result<&str> {
        let value = self.event.get(member).and_then(Value::as_str);
        value.with_context(|| format!("no `{member}` in {}", self.event))
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.pid
    }

    /// The CPU time that it has used, by itself and in the kernel.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        cpu_of(self.pid)
    }
}

/// The line with which our programs say that they listen.
fn listening(line: &str) -> Option<Value> {
    let event: Value = serde_json::from_str(line).ok()?;
    (event.get("event")? == "listening").then_some(event)
}

/// Ends the program and waits for it, so that no zombie is left.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        while matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(1));
        }
    }
}
