//! The servers that are measured: entra-sim, and the proxy, in our own host or in a real Spin.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

use crate::arguments::Arguments;
use crate::process::Running;
use crate::proxy::Proxy;

/// Nobody listens here: the client knows the server's address, and uses only the path.
const REDIRECT_URI: &str = "http://localhost:8080/callback";
/// For this run only: its stores are deleted at the end.
const SESSION_SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
/// What Spin and the sidecar share.
pub(crate) const SIDECAR_TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// What component and tunnel share.
pub(crate) const TUNNEL_TOKEN: &str = "fedcba9876543210fedcba9876543210";
/// Any port of loopback.
const ANY: &str = "127.0.0.1:0";

/// In what the component runs.
#[derive(Clone)]
pub(crate) enum Host {
    /// `aks-oauth-proxy serve`.
    Serve,
    /// The Spin CLI, or what takes the arguments of `spin up`.
    Spin(PathBuf),
}

/// Starts servers. All their files are in one directory, which is removed when this is dropped.
pub(crate) struct Servers {
    host: Host,
    native: PathBuf,
    manifest: PathBuf,
    directory: TempDir,
    entra: Running,
}

impl Host {
    /// What its column is called.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Spin(_) => "Spin",
        }
    }
}

impl Servers {
    /// Starts entra-sim, which signs alice in without asking.
    pub(crate) async fn new(arguments: &Arguments, host: Host) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let mut entra = Command::new(arguments.bin_dir.join("entra-sim"));
        entra.arg("--dir").arg(directory.path().join("entra-sim"));
        entra.args(["--redirect-uri", REDIRECT_URI, "--auto-sign-in", "alice"]);
        Ok(Self {
            host,
            native: arguments.bin_dir.join("aks-oauth-proxy"),
            manifest: arguments.manifest.clone(),
            entra: Running::start(&mut entra).await?,
            directory,
        })
    }

    /// entra-sim.
    pub(crate) fn entra(&self) -> &Running {
        &self.entra
    }

    /// A directory of this run.
    pub(crate) fn directory(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Serves the manifest that is measured; `state` names the directory of cache and store.
    pub(crate) async fn serve(&self, state: &str) -> Result<Proxy> {
        self.serve_manifest(state, &self.manifest).await
    }

    /// Serves another manifest.
    pub(crate) async fn serve_manifest(&self, state: &str, manifest: &Path) -> Result<Proxy> {
        let state = self.directory(state);
        match &self.host {
            Host::Serve => self.own(&state, manifest).await,
            Host::Spin(program) => self.spin(program, &state, manifest).await,
        }
        .context("the proxy does not run")
    }

    /// `serve` with the manifest that is measured, still to be started.
    pub(crate) fn serve_command(&self, state: &str) -> Result<Command> {
        self.own_command(&self.directory(state), &self.manifest)
    }

    /// `sidecar`, the same.
    pub(crate) fn sidecar_command(&self) -> Result<Command> {
        let mut sidecar = self.native("sidecar");
        sidecar.envs(self.settings()?);
        sidecar.env("SIDECAR_TOKEN", SIDECAR_TOKEN);
        sidecar.env("KUBELOGIN_ENABLED", "false");
        Ok(sidecar)
    }

    /// `tunnel` in front of the component at `url`.
    pub(crate) fn tunnel_command(&self, url: &str) -> Command {
        let mut tunnel = self.native("tunnel");
        tunnel.env("TUNNEL_TOKEN", TUNNEL_TOKEN);
        tunnel.env("COMPONENT_URL", url);
        tunnel
    }

    async fn own(&self, state: &Path, manifest: &Path) -> Result<Proxy> {
        let mut serve = self.own_command(state, manifest)?;
        Ok(Proxy::serve(Running::start(&mut serve).await?))
    }

    fn own_command(&self, state: &Path, manifest: &Path) -> Result<Command> {
        let mut serve = self.native("serve");
        serve.arg("--manifest").arg(manifest);
        serve.arg("--state-dir").arg(state);
        serve.envs(self.settings()?);
        serve.env("TUNNEL_TOKEN", TUNNEL_TOKEN);
        Ok(serve)
    }

    async fn spin(&self, program: &Path, state: &Path, manifest: &Path) -> Result<Proxy> {
        let sidecar = Running::start(&mut self.sidecar_command()?).await?;

        fs::create_dir_all(state)?;
        let mut spin = Command::new(program);
        spin.args(["up", "--listen", ANY, "--from"]);
        spin.arg(manifest).arg("--state-dir").arg(state);
        let variables = self
            .settings()?
            .map(|(name, value)| (variable(name), value));
        spin.env_clear().envs(variables);
        spin.env(variable("SIDECAR_URL"), sidecar.said("url")?);
        spin.env(variable("SIDECAR_TOKEN"), SIDECAR_TOKEN);
        // Its compilation cache is there, and so as cold as the state.
        spin.env("HOME", state);
        // What components print, as a pod's log would be.
        spin.stderr(File::create(state.join("log"))?);
        let serving = |line: &str| Some(json!({ "url": line.strip_prefix("Serving ")? }));
        let spin = Running::start_until(&mut spin, serving).await?;
        Proxy::spin(spin, sidecar)
    }

    /// Settings of this process's environment must not affect the result.
    fn native(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.native);
        command.args([subcommand, "--listen", ANY]).env_clear();
        command
    }

    fn settings(&self) -> Result<impl Iterator<Item = (&'static str, &str)>> {
        let entra = |member| self.entra.said(member);
        let settings = [
            ("TENANT_ID", entra("tenant_id")?),
            ("CLIENT_ID", entra("client_id")?),
            ("AUTHORITY_HOST", entra("http")?),
            ("AZURE_FEDERATED_TOKEN_FILE", entra("federated_token_file")?),
            ("REDIRECT_URI", REDIRECT_URI),
            ("SESSION_SECRET", SESSION_SECRET),
            ("SESSION_COOKIE_SECURE", "false"),
        ];
        Ok(settings.into_iter())
    }
}

fn variable(name: &str) -> String {
    format!("SPIN_VARIABLE_{name}")
}
