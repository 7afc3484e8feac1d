//! A real Redis server of a test.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A server on loopback, which ends with the test.
pub(super) struct Server {
    directory: TempDir,
    pub(super) port: u16,
    arguments: Vec<String>,
    /// redis-cli's login.
    login: Vec<String>,
    process: Option<Child>,
}

impl Server {
    /// Starts a durable server with further arguments, and waits until it answers.
    pub(super) fn start(arguments: &[&str]) -> Self {
        let mut server = Self {
            directory: tempfile::tempdir().unwrap(),
            port: free_port(),
            arguments: arguments.iter().map(|&text| text.to_owned()).collect(),
            login: Vec::new(),
            process: None,
        };
        server.restart(&[]);
        until(|| server.cli(&["ping"]).contains("PONG"));
        server
    }

    /// A replica of this server, once it is in sync.
    pub(super) fn replica(&self, arguments: &[&str]) -> Self {
        let port = self.port.to_string();
        let replica = Self::start(&[&["--replicaof", "127.0.0.1", &port], arguments].concat());
        until(|| {
            replica
                .cli(&["info", "replication"])
                .contains("master_link_status:up")
        });
        // The primary counts it only after its first report.
        until(|| self.cli(&["wait", "1", "100"]).trim() != "0");
        replica
    }

    /// A Sentinel for `primary` that has found its replica.
    pub(super) fn sentinel(primary: &Self) -> Self {
        let mut sentinel = Self {
            directory: tempfile::tempdir().unwrap(),
            port: free_port(),
            arguments: Vec::new(),
            login: Vec::new(),
            process: None,
        };
        let (port, of) = (sentinel.port, primary.port);
        let file = sentinel.directory.path().join("sentinel.conf");
        let text = format!(
            "port {port}\nbind 127.0.0.1\nsentinel monitor sessions 127.0.0.1 {of} 1\n\
             sentinel down-after-milliseconds sessions 300\nsentinel failover-timeout sessions 2000\n"
        );
        fs::write(&file, text).unwrap();
        let mut command = Command::new("redis-server");
        command.arg(&file).arg("--sentinel");
        sentinel.process = Some(spawn(&mut command, sentinel.directory.path()));
        until(|| {
            let known = sentinel.cli(&["sentinel", "replicas", "sessions"]);
            known.contains("127.0.0.1")
        });
        sentinel
    }

    /// From now on redis-cli logs in like this.
    pub(super) fn log_in(&mut self, user: &str, password: &str) {
        self.login = ["--no-auth-warning", "--user", user, "--pass", password]
            .map(str::to_owned)
            .into();
    }

    /// Restarts it with its data and further arguments.
    pub(super) fn restart(&mut self, further: &[&str]) {
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--appendonly", "yes", "--appendfsync", "always"])
            .args(["--save", "", "--repl-diskless-sync-delay", "0"])
            .args(&self.arguments)
            .args(further);
        self.process = Some(spawn(&mut command, self.directory.path()));
    }

    /// Kills it without warning.
    pub(super) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Sends it a signal.
    pub(super) fn signal(&self, name: &str) {
        let id = self.process.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// redis-cli's output.
    pub(super) fn cli(&self, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(&self.login)
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// How often a command was executed.
    pub(super) fn calls(&self, command: &str) -> usize {
        let stats = self.cli(&["info", "commandstats"]);
        let begin = format!("cmdstat_{command}:calls=");
        let line = stats.lines().find_map(|line| line.strip_prefix(&begin));
        line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
    }

    /// Ends the connections of all clients, as an idle limit does.
    pub(super) fn close_clients(&self) {
        self.cli(&["client", "kill", "type", "normal"]);
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until `condition` holds.
pub(super) fn until(condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "it does not come");
        thread::yield_now();
    }
}

fn spawn(command: &mut Command, directory: &Path) -> Child {
    command
        .current_dir(directory)
        .stdout(Stdio::null())
        .spawn()
        .expect("Debian's package redis-server is installed")
}

/// A port that no other process gets: a closed connection reserves it (`TIME_WAIT` and `SO_REUSEADDR`).
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = TcpStream::connect(address).unwrap();
    let (served, _) = listener.accept().unwrap();
    // The side that closes first keeps the port in TIME_WAIT.
    drop(served);
    drop(client);
    address.port()
}
