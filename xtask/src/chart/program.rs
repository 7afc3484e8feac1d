//! The chart's data about the program, read from its source and from `spin.toml`.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use toml::Table;

use super::setting::{self, Setting};
use crate::workspace::Workspace;

/// The files that read settings, each with the name of its reader in the chart. The separate tunnel reads
/// settings that `serve` does not.
const READERS: [(&str, &str); 5] = [
    ("sidecar", "native/src/sidecar.rs"),
    ("kubelogin", "native/src/kubelogin.rs"),
    ("tunnel", "native/src/tunnel.rs"),
    ("tunnelAlone", "src/settings/groups/component.rs"),
    ("serve", "src/settings/groups/redis.rs"),
];

/// What the chart has to know.
pub(super) struct Program {
    /// Every setting, with its readers.
    pub(super) settings: Vec<(Setting, Vec<&'static str>)>,
    /// The functions that are granted a setting.
    pub(super) granted: BTreeMap<String, Vec<String>>,
    /// What each function may reach, in the order of the routes.
    pub(super) functions: Vec<Function>,
    /// The components that call the server in a setting.
    pub(super) callers: BTreeMap<String, Vec<String>>,
    /// The routes that are for browsers.
    pub(super) pages: Vec<String>,
}

/// What `spin.toml` grants to a function.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) route: String,
    /// Whether it has the session store.
    pub(super) store: bool,
    /// The settings with the servers that it may call.
    pub(super) calls: Vec<String>,
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
            granted: granted(&manifest)?,
            functions: functions(&manifest)?,
            callers: callers(&manifest)?,
            pages: pages(&manifest)?,
        })
    }
}

fn table<'a>(manifest: &'a Table, name: &str) -> Result<&'a Table> {
    let found = manifest.get(name).and_then(toml::Value::as_table);
    found.with_context(|| format!("spin.toml has no [{name}]"))
}

/// By the setting in their variables: `"{{ tenant_id }}"`.
fn granted(manifest: &Table) -> Result<BTreeMap<String, Vec<String>>> {
    let mut granted = BTreeMap::<String, Vec<String>>::new();
    for (function, component) in table(manifest, "component")? {
        let variables = component.get("variables").and_then(toml::Value::as_table);
        for (name, value) in variables.into_iter().flatten() {
            if value.as_str() == Some(&format!("{{{{ {name} }}}}")) {
                let of_setting = granted.entry(name.to_ascii_uppercase()).or_default();
                of_setting.push(function.clone());
            }
        }
    }
    Ok(granted)
}

fn functions(manifest: &Table) -> Result<Vec<Function>> {
    let components = table(manifest, "component")?;
    let function = |trigger: &toml::Value| {
        let route = trigger.get("route")?.as_str()?.to_owned();
        let name = trigger.get("component")?.as_str()?.to_owned();
        let component = components.get(&name)?;
        let stores = component.get("key_value_stores");
        Some(Function {
            store: stores.and_then(toml::Value::as_array).is_some(),
            calls: calls(component).collect(),
            name,
            route,
        })
    };
    let functions = triggers(manifest)?.iter().map(function);
    functions
        .collect::<Option<_>>()
        .context("spin.toml has a trigger without route or component")
}

/// By the setting in its grants: `"{{ sidecar_url }}"`.
fn calls(component: &toml::Value) -> impl Iterator<Item = String> {
    let hosts = component.get("allowed_outbound_hosts");
    let hosts = hosts.and_then(toml::Value::as_array).into_iter().flatten();
    hosts.map(|host| {
        let host = host.as_str().unwrap_or_default();
        host.trim_matches(['{', '}', ' ']).to_ascii_uppercase()
    })
}

fn callers(manifest: &Table) -> Result<BTreeMap<String, Vec<String>>> {
    let mut callers = BTreeMap::<String, Vec<String>>::new();
    for (name, component) in table(manifest, "component")? {
        for setting in calls(component) {
            callers.entry(setting).or_default().push(name.clone());
        }
    }
    callers.values_mut().for_each(|names| names.sort());
    Ok(callers)
}

/// For probes: an ingress need not route them.
const PROBES: [&str; 5] = ["/healthz", "/livez", "/readyz", "/ping", "/ready"];

fn triggers(manifest: &Table) -> Result<&Vec<toml::Value>> {
    let triggers = table(manifest, "trigger")?.get("http");
    let triggers = triggers.and_then(toml::Value::as_array);
    triggers.context("spin.toml has no [[trigger.http]]")
}

/// All routes except the API server's, the internal one, probes, and "everything else".
fn pages(manifest: &Table) -> Result<Vec<String>> {
    let routes = triggers(manifest)?
        .iter()
        .filter_map(|trigger| trigger.get("route")?.as_str());
    let is_page = |route: &&str| {
        !(route.ends_with("/...") || route.starts_with("/-/") || PROBES.contains(route))
    };
    Ok(routes.filter(is_page).map(str::to_owned).collect())
}
