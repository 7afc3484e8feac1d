//! A real Redis that loses nothing it has acknowledged.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::stack::free_port;

/// A Redis server on loopback.
pub struct Redis {
    directory: TempDir,
    port: u16,
    server: Option<Child>,
}

impl Redis {
    /// Starts one, empty.
    pub fn start() -> Self {
        let mut redis = Self {
            directory: tempfile::tempdir().unwrap(),
            port: free_port(),
            server: None,
        };
        redis.restart();
        redis
    }

    /// What stands in `runtime-config.toml`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/3", self.port)
    }

    /// Ends it without any warning.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// Starts it again, with what it had written down.
    pub fn restart(&mut self) {
        let server = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--appendonly", "yes", "--appendfsync", "always"])
            .args(["--maxmemory-policy", "noeviction", "--save", ""])
            .arg("--dir")
            .arg(self.directory.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("Debian's package redis-server is installed");
        self.server = Some(server);
        self.wait_until_it_answers();
    }

    /// How many keys it holds.
    pub fn size(&self) -> usize {
        let output = self.cli(&["dbsize"]);
        output.trim().parse().unwrap()
    }

    fn cli(&self, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string(), "-n", "3"])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// It says nowhere that it listens, so it is asked until it answers.
    fn wait_until_it_answers(&self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err()
            || self.cli(&["ping"]).trim() != "PONG"
        {
            assert!(begun.elapsed() < Duration::from_secs(20), "no Redis");
            thread::yield_now();
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
