//! A real forward proxy, tinyproxy, that alone resolves some hosts: Debian's nss_wrapper gives it a hosts
//! file of its own.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::process::Process;
use crate::serve::free_port;

/// The text before each tunnel's target in tinyproxy's log.
const ASKED: &str = ": CONNECT ";

/// A forward proxy on loopback.
pub struct ForwardProxy {
    /// The process. Its log has the requests.
    pub process: Process,
    port: u16,
    _directory: TempDir,
}

impl ForwardProxy {
    /// Starts a proxy that resolves `hosts` to this machine.
    pub fn knowing(hosts: &[&str]) -> Self {
        Self::start(hosts, "")
    }

    /// The same with further lines of tinyproxy.conf(5).
    pub fn start(hosts: &[&str], lines: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (config, known) = (
            directory.path().join("tinyproxy.conf"),
            directory.path().join("hosts"),
        );
        let port = free_port();
        let settings = format!("Port {port}\nListen 127.0.0.1\nLogLevel Info\n{lines}\n");
        fs::write(&config, settings).unwrap();
        let known_hosts: String = hosts
            .iter()
            .map(|host| format!("127.0.0.1 {host}\n"))
            .collect();
        fs::write(&known, known_hosts).unwrap();
        let mut command = Command::new("tinyproxy");
        command.arg("-d").arg("-c").arg(config);
        command.env("LD_PRELOAD", "libnss_wrapper.so");
        command.env("NSS_WRAPPER_HOSTS", known);
        let process = Process::in_front_of(None, &mut command);
        process.line("Accepting connections");
        Self {
            process,
            port,
            _directory: directory,
        }
    }

    /// The value for `HTTPS_PROXY`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The same with user and password, `user:password`.
    pub fn url_as(&self, credentials: &str) -> String {
        format!("http://{credentials}@{}", self.address())
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The targets of all requested tunnels.
    pub fn tunnels(&self) -> Vec<String> {
        let asked = self.process.output();
        let asked = asked.lines().filter_map(|line| line.split_once(ASKED));
        asked
            .map(|(_, rest)| rest.split(' ').next().unwrap().to_owned())
            .collect()
    }
}
