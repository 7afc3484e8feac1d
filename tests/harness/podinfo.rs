//! The real podinfo, as an app to protect.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Process;
use crate::serve::free_port;

/// A running one.
pub struct Podinfo {
    address: String,
    _process: Process,
}

impl Podinfo {
    /// Starts it, if `cargo xtask test` has built it; it needs Go.
    pub fn start() -> Option<Self> {
        let program = program()?;
        let port = free_port();
        let mut command = Command::new(program);
        command.args(["--level", "error", "--host", "127.0.0.1"]);
        command.args(["--port", &port.to_string()]);
        let mut process = Process::spawn(&mut command);
        process.until_it_listens(port);
        Some(Self {
            address: format!("127.0.0.1:{port}"),
            _process: process,
        })
    }

    /// Where it is: `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }
}

fn program() -> Option<PathBuf> {
    let found = env::var_os("E2E_PODINFO").map(PathBuf::from);
    if found.is_none() {
        assert!(env::var_os("CI").is_none(), "in CI there must be a podinfo");
        eprintln!("skipped: there is no podinfo (E2E_PODINFO)");
    }
    found
}
