//! Runs the binary with only the given environment.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// The result of a finished run.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The problems: the lines after the first, which has their number.
    pub(crate) fn problems(&self) -> Vec<&str> {
        let (first, rest) = self.stderr.split_once('\n').unwrap();
        let problems: Vec<&str> = rest.lines().map(str::trim).collect();
        let count = problems.len();
        let plural = if count == 1 { "problem" } else { "problems" };
        assert_eq!(first, format!("error: {count} {plural} with the settings:"));
        assert_eq!((self.code, self.stdout.as_str()), (Some(64), ""));
        problems
    }

    /// The only line, which says why the program does not run.
    pub(crate) fn reason(&self) -> &str {
        let reason = self.stderr.strip_prefix("error: ").unwrap().trim_end();
        assert!(!reason.contains('\n'), "{reason}");
        assert_eq!(self.stdout, "");
        reason
    }
}

/// Runs to the end.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let output = command(arguments, environment).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A run that listens. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// `127.0.0.1:PORT`, from the line that it prints.
    pub(crate) address: String,
}

impl Running {
    /// Starts it, and waits for the line.
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::with(command(arguments, environment))
    }

    /// The same, with its log.
    pub(crate) fn logging(arguments: &[&str], environment: &[(&str, &str)]) -> (Self, File) {
        let log = tempfile::tempfile().unwrap();
        let to = log.try_clone().unwrap();
        (Self::logging_to(to, arguments, environment), log)
    }

    /// The same, with its log in `log`.
    pub(crate) fn logging_to(
        log: impl Into<Stdio>,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut command = command(arguments, environment);
        command.stderr(log);
        Self::with(command)
    }

    fn with(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event.get("event").unwrap(), "listening");
        let url = event.get("url").unwrap().as_str().unwrap();
        let (_, address) = url.split_once("://").unwrap();
        let address = address.to_owned();
        Self {
            child,
            stdout,
            address,
        }
    }

    /// `127.0.0.1:PORT` of its metrics, from the next line.
    pub(crate) fn metrics(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event.get("event").unwrap(), "metrics");
        let url = event.get("url").unwrap().as_str().unwrap();
        let address = url.strip_prefix("http://").unwrap();
        address.strip_suffix("/metrics").unwrap().to_owned()
    }

    /// Sends `signal`; returns the exit code, and stdout after the first line.
    pub(crate) fn signal(mut self, signal: &str) -> (Option<i32>, String) {
        self.send(signal);
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }

    /// Sends `signal`.
    pub(crate) fn send(&self, signal: &str) {
        let kill = format!("kill -s {signal} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails if it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The manifest of this repository.
pub(crate) fn manifest() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spin.toml")
}

fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aks-oauth-proxy"));
    command
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied());
    command
}
