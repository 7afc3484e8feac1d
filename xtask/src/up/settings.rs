//! The settings of the started programs: the environment's first, then ours.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::kubernetes::Cluster;
use super::listening::Simulator;

/// The settings in the environment. A setting `X` may be `SPIN_VARIABLE_X`, which wins as in `serve`, or `X`;
/// an empty value counts as unset.
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// This process's environment, as far as it is UTF-8.
    pub(super) fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(env::vars_os().filter_map(text).collect())
    }

    fn setting(&self, name: &str) -> Option<&str> {
        [format!("SPIN_VARIABLE_{name}"), name.to_owned()]
            .iter()
            .filter_map(|name| self.0.get(name))
            .map(String::as_str)
            .find(|value| !value.is_empty())
    }
}

/// The identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// entra-sim, started by us.
    Simulated,
    /// The real Entra ID, with an application of the caller's.
    Entra,
}

impl Identity {
    /// By `TENANT_ID` and `CLIENT_ID`; fails if only one is set or the federated token is missing.
    pub(super) fn choose(environment: &Environment) -> Result<Self> {
        let set = |name| environment.setting(name).is_some();
        match (set("TENANT_ID"), set("CLIENT_ID")) {
            (false, false) => Ok(Self::Simulated),
            (true, true) if set("AZURE_FEDERATED_TOKEN_FILE") => Ok(Self::Entra),
            (true, true) => bail!(
                "TENANT_ID and CLIENT_ID are set, so this would use the real Entra ID; it also \
                 needs AZURE_FEDERATED_TOKEN_FILE, the file with the token that the application's \
                 federated credential trusts"
            ),
            (tenant, _) => {
                let (set, unset) = match tenant {
                    true => ("TENANT_ID", "CLIENT_ID"),
                    false => ("CLIENT_ID", "TENANT_ID"),
                };
                bail!(
                    "{set} is set and {unset} is not: set both for the real Entra ID, neither for \
                     the simulated one"
                )
            }
        }
    }
}

/// The environment, with our defaults.
pub(super) struct Settings {
    environment: Environment,
    added: BTreeMap<&'static str, String>,
}

impl Settings {
    /// The settings of a proxy at `origin`.
    pub(super) fn new(environment: Environment, origin: &str) -> Self {
        let mut settings = Self {
            environment,
            added: BTreeMap::new(),
        };
        settings.default("REDIRECT_URI", format!("{origin}/callback"));
        if settings.redirect_uri().starts_with("http://") {
            // curl sends a Secure cookie to no http address, not even to localhost.
            settings.default("SESSION_COOKIE_SECURE", "false");
        }
        settings
    }

    /// Where Entra sends people back to.
    pub(super) fn redirect_uri(&self) -> String {
        let added = || self.added.get("REDIRECT_URI").map(String::as_str);
        let value = self.environment.setting("REDIRECT_URI").or_else(added);
        value.unwrap_or_default().to_owned()
    }

    /// Points the proxy to entra-sim.
    pub(super) fn simulated(&mut self, simulator: &Simulator) {
        self.default("TENANT_ID", &simulator.tenant_id);
        self.default("CLIENT_ID", &simulator.client_id);
        self.default("AUTHORITY_HOST", &simulator.origin);
        self.default("GRAPH_URL", &simulator.origin);
        self.default(
            "AZURE_FEDERATED_TOKEN_FILE",
            &simulator.federated_token_file,
        );
    }

    /// With this kubelogin, which trusts entra-sim's https; without one, kubelogin is disabled.
    pub(super) fn kubelogin(&mut self, program: Option<&Path>, simulator: &Simulator) {
        let Some(program) = program else {
            self.default("KUBELOGIN_ENABLED", "false");
            return;
        };
        self.default("KUBELOGIN_BINARY", program.display().to_string());
        self.default("KUBELOGIN_AUTHORITY_HOST", &simulator.tls_origin);
        // Whatever this machine trusts, entra-sim's authority is not included.
        let trusted = simulator.ca_file.clone();
        self.added.insert("SSL_CERT_FILE", trusted);
    }

    /// With a cluster behind the proxy, and a certificate from its authority.
    pub(super) fn kubernetes(&mut self, cluster: &Cluster) -> Result<()> {
        self.default("KUBERNETES_API_URL", &cluster.url);
        let ca_file = cluster.ca_file.display().to_string();
        self.default("KUBERNETES_CA_FILE", ca_file);
        self.default("PUBLIC_CA", cluster.authority()?);
        Ok(())
    }

    /// With apps at these origins, shown like this on the first page; nginx on this machine is in front of
    /// all.
    pub(super) fn apps(&mut self, origins: String, shown: String) {
        self.default("ALLOWED_RETURN_ORIGINS", origins);
        self.default("APPS", shown);
        self.default("SHOW_DENIED_APPS", "true");
        self.default("TRUSTED_PROXIES", "127.0.0.1");
    }

    /// Uses the secret in `directory`, so that sessions survive a restart; makes one the first time.
    pub(super) fn session_secret(&mut self, directory: &Path) -> Result<()> {
        if self.environment.setting("SESSION_SECRET").is_none() {
            let secret = kept_secret(&directory.join("session-secret"))?;
            self.default("SESSION_SECRET", secret);
        }
        Ok(())
    }

    /// The bearer between component and tunnel, for this run only.
    pub(super) fn tunnel_token(&mut self) -> Result<()> {
        self.default("TUNNEL_TOKEN", random_hex()?);
        Ok(())
    }

    /// The settings to add to a child's inherited environment.
    pub(super) fn added(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.added
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }

    /// The same for Spin, for the application variables of the manifest at `path`: all set ones, by any name,
    /// as `SPIN_VARIABLE_X`.
    pub(super) fn for_spin(&self, path: &Path) -> Result<Vec<(String, String)>> {
        let manifest =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(declared_variables(&manifest)?
            .into_iter()
            .map(|name| name.to_uppercase())
            .filter_map(|name| {
                let value = self.value(&name)?.to_owned();
                Some((format!("SPIN_VARIABLE_{name}"), value))
            })
            .collect())
    }

    /// A setting's value, from any source.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let added = || self.added.get(name).map(String::as_str);
        self.environment.setting(name).or_else(added)
    }

    fn default(&mut self, name: &'static str, value: impl Into<String>) {
        if self.environment.setting(name).is_none() {
            self.added.insert(name, value.into());
        }
    }
}

fn declared_variables(manifest: &str) -> Result<Vec<String>> {
    let manifest: toml::Table = manifest.parse().context("spin.toml is not TOML")?;
    let variables = manifest.get("variables").and_then(toml::Value::as_table);
    Ok(variables
        .into_iter()
        .flat_map(toml::Table::keys)
        .cloned()
        .collect())
}

fn kept_secret(file: &Path) -> Result<String> {
    let problem = || format!("cannot keep a session secret in {}", file.display());
    match fs::read_to_string(file) {
        Ok(secret) if !secret.is_empty() => Ok(secret),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).with_context(problem),
        _ => {
            let secret = random_hex()?;
            let mut options = OpenOptions::new();
            let mut file = options
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(file)
                .with_context(problem)?;
            file.write_all(secret.as_bytes()).with_context(problem)?;
            Ok(secret)
        }
    }
}

/// 32 random bytes as 64 characters.
pub(super) fn random_hex() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::getrandom(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
