//! The part of `up --spin`: the sidecar, Spin, and with a cluster the tunnel, as on SpinKube.

use anyhow::Result;

use super::kubernetes::Cluster;
use super::programs::{NO_DRAIN, Programs, url};
use super::settings::{Settings, random_hex};
use super::supervisor::Supervisor;
use crate::spin::{Program, serving};

impl Programs<'_> {
    /// Starts the sidecar, and then Spin; with a cluster also the tunnel in front, over TLS.
    pub(super) fn spin(
        &self,
        supervisor: &mut Supervisor,
        program: &Program,
        settings: &mut Settings,
        port: u16,
        cluster: Option<&Cluster>,
    ) -> Result<()> {
        let Some(behind) = cluster else {
            self.sidecar_and_spin(supervisor, program, settings, port, None)?;
            return Ok(());
        };
        settings.tunnel_token()?;
        let component = self.sidecar_and_spin(supervisor, program, settings, 0, cluster)?;
        let mut tunnel = self.binary("aks-oauth-proxy");
        tunnel.args(["tunnel", NO_DRAIN, "--listen", &format!("127.0.0.1:{port}")]);
        behind.certify(&mut tunnel);
        tunnel
            .envs(settings.added())
            .env("COMPONENT_URL", component);
        supervisor.start("aks-oauth-proxy tunnel", &tunnel, url)?;
        Ok(())
    }

    /// Gives the origin at which Spin listens.
    fn sidecar_and_spin(
        &self,
        supervisor: &mut Supervisor,
        program: &Program,
        settings: &Settings,
        port: u16,
        cluster: Option<&Cluster>,
    ) -> Result<String> {
        let token = random_hex()?;
        let mut sidecar = self.binary("aks-oauth-proxy");
        sidecar.args(["sidecar", NO_DRAIN, "--listen", "127.0.0.1:0"]);
        sidecar.envs(settings.added()).env("SIDECAR_TOKEN", &token);
        let sidecar = supervisor.start("aks-oauth-proxy sidecar", &sidecar, url)?;

        let workspace = self.workspace();
        let mut spin = workspace.command(program.path());
        spin.args(["up", "--from", "spin.toml", "--runtime-config-file"]);
        spin.arg(self.runtime_config(cluster)?);
        spin.arg("--state-dir").arg(self.state().join("spin"));
        spin.args(["--listen", &format!("127.0.0.1:{port}")]);
        spin.envs(settings.for_spin(&workspace.path("spin.toml"))?)
            .env("SPIN_VARIABLE_SIDECAR_URL", sidecar)
            .env("SPIN_VARIABLE_SIDECAR_TOKEN", token);
        supervisor.start("spin up", &spin, serving)
    }
}
