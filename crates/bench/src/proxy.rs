//! A proxy that is measured: `serve`, or a real Spin with the sidecar beside it.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::kernel::{child_of, cpu_of, cpu_of_threads, resident_of};
use crate::process::Running;

/// What answers, and the process whose CPU and memory count.
pub(crate) struct Proxy {
    server: Running,
    /// `serve` has its sidecar within; for Spin it is another process, which counts as well.
    sidecar: Option<Running>,
    /// The process that serves: the Spin CLI does so in a child.
    pid: u32,
}

impl Proxy {
    /// Our own host.
    pub(crate) fn serve(server: Running) -> Self {
        Self {
            pid: server.id(),
            server,
            sidecar: None,
        }
    }

    /// A real Spin.
    pub(crate) fn spin(server: Running, sidecar: Running) -> Result<Self> {
        Ok(Self {
            pid: child_of(server.id())?.unwrap_or(server.id()),
            server,
            sidecar: Some(sidecar),
        })
    }

    /// Its origin.
    pub(crate) fn url(&self) -> Result<&str> {
        self.server.said("url")
    }

    /// The CPU time that it has used, by itself and in the kernel.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        self.sum(cpu_of)
    }

    /// The same to the nanosecond, but without the threads that have ended meanwhile.
    pub(crate) fn cpu_of_threads(&self) -> Result<Duration> {
        self.sum(cpu_of_threads)
    }

    /// Its memory that is in RAM, in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        self.sum(resident_of)
    }

    fn sum<T: std::iter::Sum>(&self, of: impl Fn(u32) -> Result<T>) -> Result<T> {
        let sidecar = self.sidecar.as_ref().map(Running::id);
        [Some(self.pid), sidecar]
            .into_iter()
            .flatten()
            .map(of)
            .sum()
    }
}

/// Killing the Spin CLI does not end its child.
impl Drop for Proxy {
    fn drop(&mut self) {
        if self.pid != self.server.id() {
            // It may be gone already.
            let _ = Command::new("kill")
                .args(["-KILL", &self.pid.to_string()])
                .status();
        }
    }
}
