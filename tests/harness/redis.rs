//! A durable Redis.

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
    host: &'static str,
    port: u16,
    arguments: Vec<String>,
    tls: Option<Certificates>,
    server: Option<Child>,
}

impl Redis {
    /// Starts one, empty.
    pub fn start() -> Self {
        Self::new("127.0.0.1", free_port(), None, &[])
    }

    /// Starts a Redis at this loopback address, with further arguments.
    pub fn start_at(host: &'static str, port: u16, arguments: &[&str]) -> Self {
        Self::new(host, port, None, arguments)
    }

    /// Starts a Redis with TLS alone, and its own authority.
    pub fn start_with_tls() -> Self {
        Self::new("127.0.0.1", free_port(), Some(Certificates::make()), &[])
    }

    /// Starts a replica at another loopback address, and waits until it is in sync.
    pub fn replica_at(&self, host: &'static str) -> Self {
        let port = self.port.to_string();
        let replica = Self::start_at(host, self.port, &["--replicaof", self.host, &port]);
        let begun = Instant::now();
        let is_up = || {
            let info = replica.cli(&["info", "replication"]);
            info.contains("master_link_status:up") && self.cli(&["wait", "1", "100"]).trim() != "0"
        };
        while !is_up() {
            assert!(begun.elapsed() < Duration::from_secs(20), "no replica");
            thread::yield_now();
        }
        replica
    }

    fn new(host: &'static str, port: u16, tls: Option<Certificates>, arguments: &[&str]) -> Self {
        let mut redis = Self {
            directory: tempfile::tempdir().unwrap(),
            host,
            port,
            arguments: arguments.iter().map(|&text| text.to_owned()).collect(),
            tls,
            server: None,
        };
        redis.restart();
        redis
    }

    /// The address for `runtime-config.toml`.
    pub fn url(&self) -> String {
        let scheme = self.tls.as_ref().map_or("redis", |_| "rediss");
        format!("{scheme}://localhost:{}/3", self.port)
    }

    /// Where the authority's certificate is, if it has one.
    pub fn authority(&self) -> Option<PathBuf> {
        self.tls.as_ref().map(Certificates::authority)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Closes all client connections, as an idle limit does.
    pub fn close_clients(&self) {
        self.cli(&["client", "kill", "type", "normal"]);
    }

    /// Makes it a primary.
    pub fn promote(&self) {
        assert_eq!(self.cli(&["replicaof", "no", "one"]).trim(), "OK");
    }

    /// Gives `user` all rights, with this password alone.
    pub fn give(&self, user: &str, password: &str) {
        let password = format!(">{password}");
        let said = self.cli(&[
            "acl",
            "setuser",
            user,
            "on",
            "resetpass",
            &password,
            "~*",
            "+@all",
        ]);
        assert_eq!(said.trim(), "OK");
    }

    /// Closes the connections of `user`; returns their number.
    pub fn close_clients_of(&self, user: &str) -> usize {
        self.cli(&["client", "kill", "user", user])
            .trim()
            .parse()
            .unwrap()
    }

    /// Kills it without warning.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// Restarts it with its data.
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
            .args(["--bind", self.host])
            .args(["--appendonly", "yes", "--appendfsync", "always"])
            .args(["--maxmemory-policy", "noeviction", "--save", ""])
            .args(["--repl-diskless-sync-delay", "0"])
            .args(&self.arguments)
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

    /// How often each command was executed since the last call.
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

    /// Adds records.
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

    /// How many records of this kind there are in each format.
    pub fn formats(&self, kind: &str) -> BTreeMap<u8, usize> {
        let script = "local counts = {} \
             for _, key in ipairs(redis.call('keys', ARGV[1])) do \
               local format = string.byte(redis.call('getrange', key, 0, 0)) \
               counts[format] = (counts[format] or 0) + 1 \
             end \
             local lines = {} \
             for format, count in pairs(counts) do \
               lines[#lines + 1] = format .. ' ' .. count \
             end \
             return lines";
        let output = self.cli(&["eval", script, "0", &format!("aop-{kind}-*")]);
        let count = |line: &str| {
            let (format, count) = line.split_once(' ')?;
            Some((format.parse().ok()?, count.parse().ok()?))
        };
        output.lines().filter_map(count).collect()
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
        // Certificates have the name.
        let host = match self.host {
            "127.0.0.1" => "localhost",
            other => other,
        };
        let output = command
            .args(["-h", host, "-p", &self.port.to_string(), "-n", "3"])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// It does not announce that it listens, so it is polled.
    fn wait_until_it_answers(&self) {
        let begun = Instant::now();
        while TcpStream::connect((self.host, self.port)).is_err()
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
