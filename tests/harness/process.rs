//! Programs that a test starts, and that are stopped again whatever happens.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// The repository.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// One of the native binaries: `cargo xtask test` says where they are.
pub fn binary(name: &str) -> PathBuf {
    let default = workspace().join("target/native");
    env::var_os("E2E_BIN_DIR")
        .map_or(default, PathBuf::from)
        .join(name)
}

/// A running program.
pub struct Process {
    child: Child,
    output: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts `command`, and waits for the line of JSON with which it says that it listens.
    pub fn start(command: &mut Command) -> (Self, Value) {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{command:?}: {error}; build it with: cargo xtask build")
            });
        let output = Arc::new(Mutex::new(Vec::new()));
        collect(child.stderr.take().unwrap(), output.clone());
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let listening = serde_json::from_str(&first).unwrap_or_else(|_| {
            child.wait().unwrap();
            panic!(
                "{command:?} did not start: {first}{:?}",
                output.lock().unwrap()
            )
        });
        collect(lines, output.clone());
        (Self { child, output }, listening)
    }

    /// What it has printed since.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().join("\n")
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(stream: impl Read + Send + 'static, into: Arc<Mutex<Vec<String>>>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            into.lock().unwrap().push(line);
        }
    });
}
