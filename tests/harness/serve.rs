//! Starts a stack's proxy, and further replicas.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::container::{self, Container};
use crate::process::{Process, binary, workspace};
use crate::spin::{self, Spin};
use crate::{Browser, Certificates, Clock};

/// No load balancer needs to notice a proxy's end, unless a test says so.
const DRAIN: &str = "--drain-seconds";

/// How the proxy is started.
pub(crate) struct Serve {
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) config: PathBuf,
    pub(crate) clock: Option<Clock>,
    pub(crate) arguments: Vec<String>,
}

impl Serve {
    pub(crate) fn start(&self, port: u16, others: &[(&str, &str)]) -> Process {
        self.start_with(&self.config, port, others)
    }

    pub(crate) fn start_with(&self, config: &Path, port: u16, others: &[(&str, &str)]) -> Process {
        self.run(config, port, others, None)
    }

    /// Starts it with a certificate, over TLS.
    pub(crate) fn start_over_tls(
        &self,
        config: &Path,
        port: u16,
        others: &[(&str, &str)],
        certificates: &Certificates,
    ) -> Process {
        self.run(config, port, others, Some(certificates))
    }

    fn run(
        &self,
        config: &Path,
        port: u16,
        others: &[(&str, &str)],
        tls: Option<&Certificates>,
    ) -> Process {
        if let Some(program) = spin::program() {
            return self.on_spin(&program, config, others).start(port, tls);
        }
        let mut command = self.command(config, port, others);
        if let Some(certificates) = tls {
            command.arg("--tls-cert").arg(certificates.certificate());
            command.arg("--tls-key").arg(certificates.key());
        }
        if let Some(bundle) = container::bundle() {
            assert!(
                tls.is_none() && self.clock.is_none(),
                "the image has no part in certificates and clocks: leave this test to the binary"
            );
            return in_container(&bundle, &command, config, port);
        }
        Process::start(&mut command).0
    }

    fn on_spin<'a>(
        &'a self,
        program: &'a Path,
        config: &'a Path,
        others: &[(&str, &str)],
    ) -> Spin<'a> {
        let others = others
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Spin {
            program,
            settings: self.settings.clone().into_iter().chain(others).collect(),
            config,
            clock: self.clock.as_ref(),
            instances: self.instances(),
        }
    }

    /// The only argument that Spin has too.
    fn instances(&self) -> Option<&str> {
        let mut found = None;
        for argument in &self.arguments {
            found = argument.strip_prefix("--max-instances=");
            assert!(
                found.is_some(),
                "Spin has no {argument}: this test belongs into tests/not-on-spin.toml"
            );
        }
        found
    }

    /// Runs the doctor instead, and returns its JSON report.
    pub(crate) fn examined(&self, config: &Path, others: &[(&str, &str)]) -> Value {
        let mut command = Command::new(binary("aks-oauth-proxy"));
        command.current_dir(workspace()).env_clear();
        command.args(["doctor", "--json", "--runtime-config"]);
        command.arg(config);
        command.envs(&self.settings).envs(others.iter().copied());
        serde_json::from_slice(&command.output().unwrap().stdout).unwrap()
    }

    fn command(&self, config: &Path, port: u16, others: &[(&str, &str)]) -> Command {
        let mut command = Command::new(binary("aks-oauth-proxy"));
        command.current_dir(workspace()).env_clear();
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        command.arg("--runtime-config").arg(config);
        // Shared by all tests, so that the component is compiled once.
        command
            .arg("--state-dir")
            .arg(workspace().join("target/e2e"));
        if !self
            .arguments
            .iter()
            .any(|argument| argument.starts_with(DRAIN))
        {
            command.arg(format!("{DRAIN}=0"));
        }
        command.args(&self.arguments);
        command.envs(&self.settings).envs(others.iter().copied());
        if let Some(clock) = &self.clock {
            clock.rule(&mut command);
        }
        command
    }
}

/// `command` in the image, with the directory of `config`, which has the test's files.
fn in_container(bundle: &Path, command: &Command, config: &Path, port: u16) -> Process {
    let text = |word: &OsStr| word.to_str().unwrap().to_owned();
    let settings = command
        .get_envs()
        .filter_map(|(name, value)| Some((text(name), text(value?))));
    let directory = config.parent().unwrap();
    let container = Container {
        arguments: command.get_args().map(text).collect(),
        settings: settings.collect(),
        mounts: vec![directory.to_owned(), workspace().join("target/e2e")],
        host_network: true,
    };
    let own = directory.join(format!("container-{port}"));
    let process = container.start(bundle, &own).process;
    process.line_with(&["\"listening\"", &format!(":{port}\"")]);
    process
}

/// Another replica of a stack's proxy.
pub struct Replica {
    /// The process.
    pub process: Process,
    pub(crate) address: String,
}

impl Replica {
    /// `aks-oauth-proxy tunnel` at `port`, in front of a component, with only these settings; over TLS with
    /// `certificates`.
    pub fn tunnel(
        port: u16,
        component: &str,
        settings: &[(&str, &str)],
        certificates: Option<&Certificates>,
    ) -> Self {
        Self::tunnel_with(port, component, settings, certificates, &[])
    }

    /// The same, with more arguments.
    pub(crate) fn tunnel_with(
        port: u16,
        component: &str,
        settings: &[(&str, &str)],
        certificates: Option<&Certificates>,
        arguments: &[&str],
    ) -> Self {
        let mut command = Command::new(binary("aks-oauth-proxy"));
        command.env_clear();
        command.args(["tunnel", "--listen", &format!("127.0.0.1:{port}")]);
        if let Some(certificates) = certificates {
            command.arg("--tls-cert").arg(certificates.certificate());
            command.arg("--tls-key").arg(certificates.key());
        }
        command.args(arguments);
        command.envs(settings.iter().copied());
        command.env("COMPONENT_URL", component);
        let (process, _) = Process::start(&mut command);
        let scheme = if certificates.is_some() {
            "https"
        } else {
            "http"
        };
        Self {
            process,
            address: format!("{scheme}://localhost:{port}"),
        }
    }

    /// Where it is.
    pub fn origin(&self) -> &str {
        &self.address
    }

    /// The same without its scheme.
    pub fn host(&self) -> &str {
        let (_, host) = self.address.split_once("://").unwrap();
        host
    }

    /// `browser`, with its cookies, at this replica.
    pub fn browser(&self, browser: &Browser) -> Browser {
        browser.at(&self.address)
    }
}

pub(crate) fn redis_store(url: &str) -> String {
    format!("type = \"redis\"\nurl = \"{url}\"\n")
}

/// The functions with outgoing calls.
const CALLERS: &str = r#"["callback", "whoami", "device-code", "logout", "front-channel", "kubernetes", "tunnel", "readyz", "apps"]"#;

/// `trusted` are hosts and the authorities for calls of them.
pub(crate) fn write_config(path: &Path, store: &str, trusted: &[(String, PathBuf)]) {
    let mut config = String::new();
    for (host, file) in trusted {
        let file = file.display();
        config += &format!(
            "[[client_tls]]\ncomponent_ids = {CALLERS}\nhosts = [\"{host}\"]\n\
             ca_roots_file = \"{file}\"\n"
        );
    }
    fs::write(path, format!("{config}[key_value_store.default]\n{store}")).unwrap();
}

/// A port for a proxy, which must be known first, since the proxy's own address is a setting. A closed
/// connection at the port keeps the system from assigning it to others; a program that asks for this port
/// gets it (`TIME_WAIT` and `SO_REUSEADDR`).
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = TcpStream::connect(address).unwrap();
    let (served, _) = listener.accept().unwrap();
    // The side that closes first keeps the port in TIME_WAIT.
    drop(served);
    drop(client);
    address.port()
}
