//! What the chart has to know of the program, read from its source and from `spin.toml`.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use toml::Table;

use super::setting::{self, Setting};
use crate::workspace::Workspace;

/// The files that read settings, each with the name of the reader in the chart. The tunnel on its own
/// reads what `serve` does not.
const READERS: [(&str, &str); 5] = [
    ("sidecar", "native/src/sidecar.rs"),
    ("kubelogin", "native/src/kubelogin.rs"),
    ("tunnel", "native/src/tunnel.rs"),
    ("tunnelAlone", "src/settings/groups/component.rs"),
    ("serve", "src/settings/groups/redis.rs"),
];

/// What the chart has to know.
pub(super) struct Program {
    /// Every setting, with who reads it.
    pub(super) settings: Vec<(Setting, Vec<&'static str>)>,
    /// The components that call whom a setting names.
    pub(super) callers: BTreeMap<String, Vec<String>>,
    /// The routes that are for browsers.
    pub(super) pages: Vec<String>,
}

impl Program {
    /// Reads it.
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let read = |file: &str| {
            fs::read_to_string(workspace.path(file)).with_context(|| format!("cannot read {file}"))
        };
        let mut settings = setting::of_table(&read("src/settings/table.rs")?)?;
        settings.extend(setting::of_constants(&read("src/settings/native.rs")?)?);
        let manifest: Table = read("spin.toml")?.parse()?;
        let variables = table(&manifest, "variables")?;
        let mut sources = Vec::new();
        for (reader, file) in READERS {
            sources.push((reader, read(file)?));
        }
        let readers = |setting: &Setting| {
            let is_variable = variables.contains_key(&setting.name.to_ascii_lowercase());
            let component = is_variable.then_some("component");
            let by_name = format!("(&{})", setting.name);
            let native = sources
                .iter()
                .filter(|(_, source)| source.contains(&by_name))
                .map(|(reader, _)| *reader);
            component.into_iter().chain(native).collect()
        };
        Ok(Self {
            settings: settings
                .into_iter()
                .map(|setting| (setting.clone(), readers(&setting)))
                .collect(),
            callers: callers(&manifest)?,
            pages: pages(&manifest)?,
        })
    }
}

fn table<'a>(manifest: &'a Table, name: &str) -> Result<&'a Table> {
    let found = manifest.get(name).and_then(toml::Value::as_table);
    found.with_context(|| format!("spin.toml has no [{name}]"))
}

/// By the setting in their grants: `"{{ sidecar_url }}"`.
fn callers(manifest: &Table) -> Result<BTreeMap<String, Vec<String>>> {
    let mut callers = BTreeMap::<String, Vec<String>>::new();
    for (name, component) in table(manifest, "component")? {
        let hosts = component.get("allowed_outbound_hosts");
        for host in hosts.and_then(toml::Value::as_array).into_iter().flatten() {
            let setting = host
                .as_str()
                .unwrap_or_default()
                .trim_matches(['{', '}', ' ']);
            let of_setting = callers.entry(setting.to_ascii_uppercase()).or_default();
            of_setting.push(name.clone());
        }
    }
    callers.values_mut().for_each(|names| names.sort());
    Ok(callers)
}

/// For whoever asks whether the program is well: an ingress need not lead there.
const PROBES: [&str; 5] = ["/healthz", "/livez", "/readyz", "/ping", "/ready"];

/// All routes but the API server's, the internal one, those of probes, and "everything else".
fn pages(manifest: &Table) -> Result<Vec<String>> {
    let triggers = table(manifest, "trigger")?.get("http");
    let triggers = triggers.and_then(toml::Value::as_array);
    let routes = triggers.context("spin.toml has no [[trigger.http]]")?;
    let routes = routes
        .iter()
        .filter_map(|trigger| trigger.get("route")?.as_str());
    let is_page = |route: &&str| {
        !(route.ends_with("/...") || route.starts_with("/-/") || PROBES.contains(route))
    };
    Ok(routes.filter(is_page).map(str::to_owned).collect())
}
