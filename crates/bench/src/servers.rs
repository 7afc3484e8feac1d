//! The servers that are measured: entra-sim, and `aks-oauth-proxy serve`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::process::Command;

use crate::arguments::Arguments;
use crate::process::Running;

/// Nobody listens here: the client asks where the server is, and keeps only the path.
const REDIRECT_URI: &str = "http://localhost:8080/callback";
/// Of this run only: its stores are gone when it ends.
const SESSION_SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

/// Starts servers. All they write is in one directory, which goes with this.
pub(crate) struct Servers {
    serve: PathBuf,
    manifest: PathBuf,
    directory: TempDir,
    entra: Running,
}

impl Servers {
    /// Starts entra-sim, which signs alice in without asking.
    pub(crate) async fn new(arguments: &Arguments) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let mut entra = Command::new(arguments.bin_dir.join("entra-sim"));
        entra.arg("--dir").arg(directory.path().join("entra-sim"));
        entra.args(["--redirect-uri", REDIRECT_URI, "--auto-sign-in", "alice"]);
        Ok(Self {
            serve: arguments.bin_dir.join("aks-oauth-proxy"),
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
    pub(crate) async fn serve(&self, state: &str) -> Result<Running> {
        self.serve_manifest(state, &self.manifest).await
    }

    /// Serves another manifest.
    pub(crate) async fn serve_manifest(&self, state: &str, manifest: &Path) -> Result<Running> {
        let mut serve = Command::new(&self.serve);
        serve.arg("serve").arg("--manifest").arg(manifest);
        serve.arg("--state-dir").arg(self.directory(state));
        serve.args(["--listen", "127.0.0.1:0"]);
        // Whatever settings this was started with are not what is measured.
        serve.env_clear();
        for (name, member) in [
            ("TENANT_ID", "tenant_id"),
            ("CLIENT_ID", "client_id"),
            ("AUTHORITY_HOST", "http"),
            ("AZURE_FEDERATED_TOKEN_FILE", "federated_token_file"),
        ] {
            serve.env(name, self.entra.said(member)?);
        }
        serve.env("REDIRECT_URI", REDIRECT_URI);
        serve.env("SESSION_SECRET", SESSION_SECRET);
        serve.env("SESSION_COOKIE_SECURE", "false");
        Running::start(&mut serve)
            .await
            .context("the proxy does not run")
    }
}
