//! A real Spin in place of `serve`: a sidecar and Spin. With an API server or TLS, a tunnel is in front of
//! both, as on SpinKube.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::process::{Process, binary, workspace};
use crate::{Certificates, Clock, SIDECAR_TOKEN, proxied};

/// The bearer between the component and its tunnel.
const TUNNEL_TOKEN: &str = "what-tunnel-and-spin-share-0123456789abcdef";

/// The text before Spin's origin when it listens.
const SERVING: &str = "Serving ";

/// The program with the arguments of `spin up`, if it replaces `serve`: `cargo xtask test --spin` sets it.
pub(crate) fn program() -> Option<PathBuf> {
    env::var_os("E2E_SPIN").map(PathBuf::from)
}

/// Whether a log line is from the Spin CLI itself, not from the component.
pub fn is_spins_own(line: &str) -> bool {
    program().is_some() && !line.starts_with('{')
}

/// One proxy on a real Spin.
pub(crate) struct Spin<'a> {
    pub(crate) program: &'a Path,
    pub(crate) settings: BTreeMap<String, String>,
    /// The runtime configuration.
    pub(crate) config: &'a Path,
    pub(crate) clock: Option<&'a Clock>,
    /// The most instances at once.
    pub(crate) instances: Option<&'a str>,
}

impl Spin<'_> {
    /// Starts everything; the front listens at `port`.
    pub(crate) fn start(mut self, port: u16, tls: Option<&Certificates>) -> Process {
        self.fill_slots();
        let sidecar = self.sidecar();
        if !self.has_tunnel(tls) {
            return self.up(sidecar, port).0;
        }
        self.default("TUNNEL_TOKEN", TUNNEL_TOKEN);
        let (spin, origin) = self.up(sidecar, 0);
        self.default("COMPONENT_URL", &origin);
        self.tunnel(spin, port, tls)
    }

    fn has_tunnel(&self, tls: Option<&Certificates>) -> bool {
        let token = self.settings.get("TUNNEL_TOKEN");
        let is_another = token.is_some_and(|token| token == proxied::TUNNEL_TOKEN);
        let carried = ["KUBERNETES_API_URL", "UPSTREAMS"];
        let is_carried = carried.iter().any(|name| self.settings.contains_key(*name));
        tls.is_some() || is_carried && !is_another
    }

    /// Grants the origins of `UPSTREAMS`, as the chart does.
    fn fill_slots(&mut self) {
        let upstreams = self.settings.get("UPSTREAMS");
        let Some(upstreams) = upstreams.and_then(|text| serde_json::from_str::<Value>(text).ok())
        else {
            return;
        };
        let urls = upstreams.as_array().into_iter().flatten();
        let origins: BTreeSet<&str> = urls.filter_map(|one| one["url"].as_str()).collect();
        for (at, origin) in (1..).zip(origins) {
            self.default(&format!("UPSTREAM_ORIGIN{at}"), origin);
        }
    }

    fn default(&mut self, name: &str, value: &str) {
        self.settings
            .entry(name.to_owned())
            .or_insert(value.to_owned());
    }

    /// As in `serve`: none is started if one is configured.
    fn sidecar(&mut self) -> Option<Process> {
        if self.settings.contains_key("SIDECAR_URL") {
            return None;
        }
        self.default("SIDECAR_TOKEN", SIDECAR_TOKEN);
        let mut command = self.native("sidecar");
        command.args(["--listen", "127.0.0.1:0"]);
        let (process, listening) = Process::start(&mut command);
        self.default("SIDECAR_URL", listening["url"].as_str().unwrap());
        Some(process)
    }

    /// Also returns the origin at which it listens.
    fn up(&self, sidecar: Option<Process>, port: u16) -> (Process, String) {
        let mut command = Command::new(self.program);
        command.current_dir(workspace()).env_clear();
        // Spin's cache of compiled components is there.
        command.envs(env::vars_os().filter(|(name, _)| name == "HOME"));
        command.args(["up", "--from", "spin.toml", "--runtime-config-file"]);
        let state = self.config.with_file_name("spin");
        command.arg(self.config).arg("--state-dir").arg(state);
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
        let settings = self.settings.iter();
        command.envs(
            settings.map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), granted(name, value))),
        );
        command.envs(
            self.instances
                .map(|count| ("SPIN_MAX_INSTANCE_COUNT", count)),
        );
        self.ruled(&mut command);
        // The CLI serves in a child process.
        let process = Process::in_front_of(sidecar, &mut command).launcher();
        let origin = process.line(SERVING).replace(SERVING, "");
        (process, origin)
    }

    fn tunnel(&self, spin: Process, port: u16, tls: Option<&Certificates>) -> Process {
        let mut command = self.native("tunnel");
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
        if let Some(certificates) = tls {
            command.arg("--tls-cert").arg(certificates.certificate());
            command.arg("--tls-key").arg(certificates.key());
        }
        let process = Process::in_front_of(Some(spin), &mut command);
        process.line_with(&["\"listening\"", &format!(":{port}\"")]);
        process
    }

    /// One of our own programs, with the same settings.
    fn native(&self, subcommand: &str) -> Command {
        let mut command = Command::new(binary("aks-oauth-proxy"));
        command.arg(subcommand).env_clear().envs(&self.settings);
        self.ruled(&mut command);
        command
    }

    fn ruled(&self, command: &mut Command) {
        if let Some(clock) = self.clock {
            clock.rule(command);
        }
    }
}

/// A setting as Spin accepts it in a grant. `serve` and the chart remove a trailing slash themselves.
fn granted<'a>(name: &str, value: &'a str) -> &'a str {
    match name.ends_with("_URL") || name == "AUTHORITY_HOST" {
        true => value.strip_suffix('/').unwrap_or(value),
        false => value,
    }
}
