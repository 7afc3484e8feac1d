//! The programs that `up` starts, and their command lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::kubernetes::Cluster;
use super::listening::{Simulator, listening};
use super::settings::{Identity, Settings};
use super::supervisor::Supervisor;
use crate::workspace::Workspace;

/// No load balancer here needs to notice the end.
pub(super) const NO_DRAIN: &str = "--drain-seconds=0";

/// Builds the command lines. The programs' files are in `target/up/simulated` or, with the real Entra ID, in
/// `target/up/entra`.
pub(super) struct Programs<'a> {
    workspace: &'a Workspace,
    state: PathBuf,
}

impl<'a> Programs<'a> {
    /// Makes the directory for files.
    pub(super) fn new(workspace: &'a Workspace, identity: Identity) -> Result<Self> {
        let state = workspace.target().join("up").join(match identity {
            Identity::Simulated => "simulated",
            Identity::Entra => "entra",
        });
        fs::create_dir_all(&state)
            .with_context(|| format!("cannot make the directory {}", state.display()))?;
        Ok(Self { workspace, state })
    }

    /// The directory for files.
    pub(super) fn state(&self) -> &Path {
        &self.state
    }

    /// Starts entra-sim, on ports that the system chooses.
    pub(super) fn simulator(
        &self,
        supervisor: &mut Supervisor,
        port: u16,
        redirect_uri: &str,
        auto_sign_in: Option<&str>,
    ) -> Result<Simulator> {
        let mut command = self.binary("entra-sim");
        command.args(["--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"]);
        // One directory per port, so that a second `up` does not take the first one's keys.
        command
            .arg("--dir")
            .arg(self.state.join(format!("entra-sim-{port}")));
        // After a sign-out, Entra redirects only to registered addresses, too.
        let home = redirect_uri.replace("/callback", "/");
        command.args(["--redirect-uri", redirect_uri, "--redirect-uri", &home]);
        let front_channel = redirect_uri.replace("/callback", "/logout/front-channel");
        command.args(["--front-channel-logout-uri", &front_channel]);
        if let Some(user) = auto_sign_in {
            command.args(["--auto-sign-in", user]);
        }
        supervisor.start("entra-sim", &command, Simulator::from_line)
    }

    /// Starts a Kubernetes of the programs in `tools`, on a port that the system chooses; its kubelet runs
    /// the images in the table `images` in containers.
    pub(super) fn cluster(
        &self,
        supervisor: &mut Supervisor,
        port: u16,
        tools: &Path,
        simulator: &Simulator,
        images: Option<&Path>,
    ) -> Result<Cluster> {
        let mut command = self.binary("local-cluster");
        command.arg("--bin-dir").arg(tools);
        command
            .arg("--dir")
            .arg(self.state.join(format!("cluster-{port}")));
        command.args(["--issuer", &simulator.tls_origin]);
        command.args(["--issuer-ca", &simulator.ca_file]);
        command.args(["--tenant-id", &simulator.tenant_id]);
        command.args(["--service-account-issuer", &simulator.cluster_issuer]);
        command.args(["--service-account-key", &simulator.cluster_key_file]);
        if let Some(images) = images {
            command.arg("--images").arg(images);
        }
        supervisor.start("local-cluster", &command, |line| {
            Cluster::from_event(&listening(line)?, tools)
        })
    }

    /// Starts our own host, with the sidecar in it; with a cluster over TLS.
    pub(super) fn serve(
        &self,
        supervisor: &mut Supervisor,
        settings: &Settings,
        port: u16,
        cluster: Option<&Cluster>,
    ) -> Result<()> {
        let mut command = self.binary("aks-oauth-proxy");
        command.args(["serve", "--manifest", "spin.toml", NO_DRAIN]);
        command
            .arg("--runtime-config")
            .arg(self.runtime_config(cluster)?);
        if let Some(cluster) = cluster {
            cluster.certify(&mut command);
        }
        command.arg("--state-dir").arg(self.state.join("store"));
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
        command.envs(settings.added());
        supervisor.start("aks-oauth-proxy serve", &command, url)?;
        Ok(())
    }

    /// The configuration of stores and of trust in calls.
    pub(super) fn runtime_config(&self, cluster: Option<&Cluster>) -> Result<PathBuf> {
        cluster.map_or_else(
            || Ok(self.workspace.path("runtime-config.toml")),
            |cluster| cluster.runtime_config(self.workspace, &self.state),
        )
    }

    /// The repository.
    pub(super) fn workspace(&self) -> &Workspace {
        self.workspace
    }

    /// One of our own.
    pub(super) fn binary(&self, name: &str) -> Command {
        self.workspace.command(self.workspace.binaries().join(name))
    }
}

/// The address in the line with which our programs say that they listen.
pub(super) fn url(line: &str) -> Option<String> {
    Some(listening(line)?.get("url")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_hosts_line_is_understood_and_log_lines_are_not() {
        let line = r#"{"event":"listening","url":"http://127.0.0.1:8080"}"#;
        assert_eq!(url(line).as_deref(), Some("http://127.0.0.1:8080"));
        for other in [
            r#"{"event":"request","url":"http://x"}"#,
            "listening",
            "{}",
            "",
        ] {
            assert_eq!(url(other), None, "{other}");
        }
    }
}
