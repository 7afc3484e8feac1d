//! The part of `up --kubernetes`: a cluster, and a proxy over TLS that uses it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::workspace::Workspace;

/// The functions that call the API server.
const COMPONENTS: [&str; 2] = ["kubernetes", "tunnel"];

/// The output of a running local-cluster.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cluster {
    /// Where the API server is.
    pub(super) url: String,
    /// The authority of its certificate, and of the one for localhost.
    pub(super) ca_file: PathBuf,
    /// A certificate for localhost, for the proxy.
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    pub(super) admin_kubeconfig: PathBuf,
    /// Where its programs are.
    pub(super) tools: PathBuf,
}

impl Cluster {
    /// From the event that it listens.
    pub(super) fn from_event(event: &Value, tools: &Path) -> Option<Self> {
        let text = |name| event.get(name)?.as_str();
        Some(Self {
            url: text("url")?.to_owned(),
            ca_file: text("ca_file")?.into(),
            certificate: text("localhost_certificate")?.into(),
            key: text("localhost_key")?.into(),
            admin_kubeconfig: text("admin_kubeconfig")?.into(),
            tools: tools.to_owned(),
        })
    }

    /// The authority itself, in PEM.
    pub(super) fn authority(&self) -> Result<String> {
        fs::read_to_string(&self.ca_file)
            .with_context(|| format!("cannot read {}", self.ca_file.display()))
    }

    /// Writes a runtime configuration into `directory`: the repository's, with the API server's authority
    /// added.
    pub(super) fn runtime_config(
        &self,
        workspace: &Workspace,
        directory: &Path,
    ) -> Result<PathBuf> {
        let own = fs::read_to_string(workspace.path("runtime-config.toml"))
            .context("cannot read runtime-config.toml")?;
        let content = trusting(&own, &workspace.path(""), &self.ca_file)?;
        let path = directory.join("runtime-config.toml");
        fs::write(&path, content)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(path)
    }

    /// Makes `command`, one of our programs, use the certificate for localhost.
    pub(super) fn certify(&self, command: &mut Command) {
        command.arg("--tls-cert").arg(&self.certificate);
        command.arg("--tls-key").arg(&self.key);
    }

    /// What to type.
    pub(super) fn greeting(&self, here: &str) -> Vec<String> {
        let kubectl = self.tools.join("kubectl");
        let kubectl = kubectl.display();
        vec![
            format!("    kubeconfig  {here}/kubeconfig (as alice, who may everything in demo)"),
            format!("    kubectl     {kubectl} --kubeconfig FILE get namespaces"),
            format!(
                "                {kubectl} --kubeconfig FILE -n demo run shell --image=any -it --rm -- sh"
            ),
            format!(
                "    admin       {kubectl} --kubeconfig {} get pods -A",
                self.admin_kubeconfig.display()
            ),
            format!(
                "    authority   {} signs {here}; curl needs --cacert with it, your browser will ask",
                self.ca_file.display()
            ),
        ]
    }

    #[cfg(test)]
    pub(super) fn example() -> Self {
        Self {
            url: "https://127.0.0.1:6443".into(),
            ca_file: "/cluster/ca.pem".into(),
            certificate: "/cluster/localhost.pem".into(),
            key: "/cluster/localhost-key.pem".into(),
            admin_kubeconfig: "/cluster/admin.kubeconfig".into(),
            tools: "/tools/bin".into(),
        }
    }
}

/// `config` with the authority in `ca_file`, and with paths relative to `root`.
fn trusting(config: &str, root: &Path, ca_file: &Path) -> Result<String> {
    let mut config: toml::Table = config.parse().context("runtime-config.toml is not TOML")?;
    let stores = config.get_mut("key_value_store");
    let stores = stores.and_then(toml::Value::as_table_mut);
    for (_, store) in stores.into_iter().flatten() {
        let path = store.get_mut("path");
        if let Some(toml::Value::String(path)) = path {
            *path = root.join(&*path).display().to_string();
        }
    }
    let mut entry = toml::Table::new();
    entry.insert("component_ids".into(), COMPONENTS.to_vec().into());
    entry.insert("hosts".into(), vec!["127.0.0.1"].into());
    let ca_file = ca_file.display().to_string();
    entry.insert("ca_roots_file".into(), ca_file.into());
    let entries = config
        .entry("client_tls")
        .or_insert(toml::Value::Array(Vec::new()));
    if let Some(entries) = entries.as_array_mut() {
        entries.push(entry.into());
    }
    Ok(toml::to_string(&config)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_clusters_event_is_understood() {
        let event = serde_json::json!({ "url": "https://127.0.0.1:6443",
            "ca_file": "/cluster/ca.pem", "localhost_certificate": "/cluster/localhost.pem",
            "localhost_key": "/cluster/localhost-key.pem", "audit_log": "/cluster/audit.log",
            "admin_kubeconfig": "/cluster/admin.kubeconfig" });
        let cluster = Cluster::from_event(&event, Path::new("/tools/bin"));
        assert_eq!(cluster, Some(Cluster::example()));
    }

    #[test]
    fn the_configuration_trusts_the_cluster_and_keeps_its_store() {
        let own = "[key_value_store.default]\ntype = \"spin\"\npath = \"kv.db\"\n";
        let written = trusting(own, Path::new("/repository"), Path::new("/ca.pem")).unwrap();
        let read: toml::Table = written.parse().unwrap();
        assert_eq!(
            read["key_value_store"]["default"]["path"].as_str(),
            Some("/repository/kv.db")
        );
        let entry = &read["client_tls"][0];
        assert_eq!(entry["component_ids"][0].as_str(), Some(COMPONENTS[0]));
        assert_eq!(entry["ca_roots_file"].as_str(), Some("/ca.pem"));
    }

    #[test]
    fn the_greeting_names_the_commands() {
        let lines = Cluster::example()
            .greeting("https://localhost:8080")
            .join("\n");
        assert!(lines.contains("https://localhost:8080/kubeconfig"));
        assert!(lines.contains("/tools/bin/kubectl --kubeconfig FILE get namespaces"));
    }
}
