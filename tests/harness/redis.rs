//! A real Redis that loses nothing it has acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufWriter, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Certificates;
use crate::serve::free_port;

/// A Redis server on loopback.
pub struct Redis {
    directory: TempDir,
    port: u16,
    tls: Option<Certificates>,
    server: Option<Child>,
}

impl Redis {
    /// Starts one, empty.
    pub fn start() -> Self {
        Self::new(None)
    }

    /// Starts one that speaks TLS only, with a certificate of an authority of its own.
    pub fn start_with_tls() -> Self {
        Self::new(Some(Certificates::make()))
    }

    fn new(tls: Option<Certificates>) -> Self {
        let mut redis = Self {
            directory: tempfile::tempdir().unwrap(),
            port: free_port(),
            tls,
            server: None,
        };
        redis.restart();
        redis
    }

    /// What stands in `runtime-config.toml`.
    pub fn url(&self) -> String {
        let scheme = self.tls.as_ref().map_or("redis", |_| "rediss");
        format!("{scheme}://localhost:{}/3", self.port)
    }

    /// Where the authority's certificate is, if it has one.
    pub fn authority(&self) -> Option<PathBuf> {
        self.tls.as_ref().map(Certificates::authority)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
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
        let port = self.port.to_string();
        let mut server = Command::new("redis-server");
        if let Some(tls) = &self.tls {
            server.args([
                "--port",
                "0",
                "--tls-port",
                &port,
                "--tls-auth-clients",
                "no",
            ]);
            server.arg("--tls-ca-cert-file").arg(tls.authority());
            server.arg("--tls-cert-file").arg(tls.certificate());
            server.arg("--tls-key-file").arg(tls.key());
        } else {
            server.args(["--port", &port]);
        }
        let server = server
            .current_dir(self.directory.path())
            .args(["--bind", "127.0.0.1"])
            .args(["--appendonly", "yes", "--appendfsync", "always"])
            .args(["--maxmemory-policy", "noeviction", "--save", ""])
            .stdout(Stdio::null())
            .spawn()
            .expect("Debian's package redis-server is installed");
        self.server = Some(server);
        self.wait_until_it_answers();
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.server.as_ref().expect("it runs").id()
    }

    /// How often each command was carried out since this was asked last.
    pub fn commands(&self) -> BTreeMap<String, u64> {
        let stats = self.cli(&["info", "commandstats"]);
        self.cli(&["config", "resetstat"]);
        // cmdstat_get:calls=3,usec=…
        let count = |line: &str| {
            let (name, stats) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            Some((name.to_owned(), stats.split(',').next()?.parse().ok()?))
        };
        stats.lines().filter_map(count).collect()
    }

    /// Puts records beside those that are there.
    pub fn fill<'a>(&self, records: impl Iterator<Item = (String, &'a [u8])>) {
        let mut pipe = Command::new("redis-cli")
            .args(["-p", &self.port.to_string(), "-n", "3", "--pipe"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut into = BufWriter::new(pipe.stdin.take().unwrap());
        for (key, value) in records {
            write!(
                into,
                "*3\r\n$3\r\nSET\r\n${}\r\n{key}\r\n${}\r\n",
                key.len(),
                value.len()
            )
            .unwrap();
            into.write_all(value).unwrap();
            into.write_all(b"\r\n").unwrap();
        }
        drop(into);
        assert!(pipe.wait().unwrap().success());
    }

    /// How many keys it holds.
    pub fn size(&self) -> usize {
        let output = self.cli(&["dbsize"]);
        output.trim().parse().unwrap()
    }

    /// Its keys.
    pub fn keys(&self) -> BTreeSet<String> {
        let output = self.cli(&["keys", "*"]);
        output.lines().map(str::to_owned).collect()
    }

    /// Everything that is in its files.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut directories = vec![self.directory.path().to_owned()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    bytes.extend(fs::read(path).unwrap());
                }
            }
        }
        bytes
    }

    fn cli(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("redis-cli");
        if let Some(tls) = &self.tls {
            command.args(["--tls", "--cacert"]).arg(tls.authority());
        }
        let output = command
            .args(["-h", "localhost", "-p", &self.port.to_string(), "-n", "3"])
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
