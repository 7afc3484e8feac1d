//! A sidecar with another program in place of kubelogin.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::metrics::get;
use crate::program::Running;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub(super) const PROMPT: &str = "To sign in, use a web browser to open the page https://login.example/devicelogin and enter the code BL6XB575V to authenticate.";
pub(super) const CREDENTIAL: &str = r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false},"status":{"expirationTimestamp":"2030-01-01T00:00:00Z","token":"a.b.c"}}"#;
/// How long to wait for an expected event.
const PATIENCE: Duration = Duration::from_secs(20);

/// A sidecar with another program in place of kubelogin.
pub(super) struct World {
    pub(super) sidecar: Running,
    /// The address of its metrics.
    metrics: String,
    pub(super) directory: TempDir,
}

impl World {
    /// `script` is the program, for `sh`; `$T` is a directory that the test can read.
    pub(super) fn new(script: &str) -> Self {
        Self::with(script, &[])
    }

    pub(super) fn with(script: &str, settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("kubelogin");
        let t = directory.path().display();
        fs::write(&program, format!("#!/bin/sh\nT={t}\n{script}\n")).unwrap();
        fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        Self::run(directory, &program, settings)
    }

    pub(super) fn run(directory: TempDir, program: &Path, settings: &[(&str, &str)]) -> Self {
        let temporary = directory.path().join("tmp");
        fs::create_dir(&temporary).unwrap();
        let mut environment = vec![
            ("SIDECAR_TOKEN", TOKEN),
            ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
            ("TENANT_ID", "11111111-2222-3333-4444-555555555555"),
            ("KUBELOGIN_BINARY", program.to_str().unwrap()),
            ("TMPDIR", temporary.to_str().unwrap()),
            // Variables of a workload-identity pod, which kubelogin must not see.
            ("AZURE_CLIENT_ID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
            ("AZURE_CLIENT_SECRET", "secret-of-the-pod"),
            ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ];
        environment.extend(settings);
        let any = "127.0.0.1:0";
        let arguments = [
            "sidecar",
            "--listen",
            any,
            "--metrics-listen",
            any,
            "--drain-seconds=0",
        ];
        let mut sidecar = Running::start(&arguments, &environment);
        Self {
            metrics: sidecar.metrics(),
            sidecar,
            directory,
        }
    }

    pub(super) fn ask(&self, method: &str, path: &str) -> (u16, Value) {
        self.send(method, path, r#"{"expires_in":900}"#)
    }

    pub(super) fn send(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let address = &self.sidecar.address;
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "{method} /v1/jobs/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             authorization: Bearer {TOKEN}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    /// Starts the job of `owner`; returns its path.
    pub(super) fn start(&self, owner: &str) -> String {
        let (status, job) = self.ask("POST", owner);
        assert_eq!(status, 202, "{job}");
        format!("{owner}/{}", job["id"].as_str().unwrap())
    }

    /// The job at `path` once it is in `state`.
    pub(super) fn once(&self, path: &str, state: &str) -> Value {
        let begun = Instant::now();
        loop {
            let job = self.ask("GET", path).1;
            if job["state"] == state {
                return job;
            }
            let waited = begun.elapsed();
            assert!(waited < PATIENCE, "{path} is not {state}: {job}");
            thread::yield_now();
        }
    }

    /// Waits until the metrics have this line.
    pub(super) fn counts(&self, line: &str) {
        let has = || {
            let text = get(&self.metrics, "/metrics");
            text.lines().any(|have| have == line)
        };
        until(has, line);
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The numbers that the script has written into `name`.
    pub(super) fn pids(&self, name: &str, count: usize) -> Vec<u32> {
        let read = || fs::read_to_string(self.file(name)).unwrap_or_default();
        until(|| read().lines().count() >= count, "no process ids");
        read()
            .lines()
            .map(|line| line.trim().parse().unwrap())
            .collect()
    }

    /// Asserts that no job has left anything.
    pub(super) fn is_clean(&self, pids: &[u32]) {
        gone(pids);
        let files = || fs::read_dir(self.file("tmp")).unwrap().count();
        until(|| files() == 0, "a directory is left");
    }
}

/// Waits until none of these processes is there.
pub(super) fn gone(pids: &[u32]) {
    let lives = |pid: &u32| Path::new(&format!("/proc/{pid}")).exists();
    until(|| !pids.iter().any(lives), "a process is left");
}

/// Repeats until the condition holds.
pub(super) fn until(mut is_so: impl FnMut() -> bool, otherwise: &str) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{otherwise}");
        thread::yield_now();
    }
}

pub(super) fn owner(number: usize) -> String {
    format!("owner{number:_>38}")
}

/// Prints its prompt, and ends when the test has created the file `go`.
pub(super) fn well_behaved() -> String {
    format!("echo '{PROMPT}' >&2\nwhile [ ! -e $T/go ]; do sleep 0.02; done\necho '{CREDENTIAL}'")
}
