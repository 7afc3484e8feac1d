//! `spin.toml`, manifest version 2, as far as this repository needs it.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::LoadError;
use crate::template::{Template, is_variable_name};

/// A checked manifest.
#[derive(Debug)]
pub struct Manifest {
    variables: BTreeMap<String, Variable>,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) components: BTreeMap<String, Component>,
}

/// A route and the component that answers it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trigger {
    pub(crate) route: String,
    pub(crate) component: String,
}

/// A component and its grants.
#[derive(Debug)]
pub(crate) struct Component {
    pub(crate) source: PathBuf,
    pub(crate) stores: Vec<String>,
    pub(crate) outbound: Vec<Template>,
    pub(crate) variables: BTreeMap<String, Template>,
}

impl Manifest {
    /// Reads and checks the manifest at `path`.
    ///
    /// # Errors
    /// When it cannot be read, has an unknown field, or contradicts itself.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        let text = fs::read_to_string(path).map_err(|error| LoadError::file(path, error))?;
        let directory = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, directory).map_err(|reason| LoadError::file(path, reason))
    }

    /// The application's variables, with their defaults.
    pub fn variables(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.variables
            .iter()
            .map(|(name, variable)| (name.as_str(), variable.default.as_deref()))
    }

    fn parse(text: &str, directory: &Path) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
        if written.spin_manifest_version != 2 {
            return Err("spin_manifest_version must be 2".to_owned());
        }
        let mut components = BTreeMap::new();
        for (name, component) in written.component {
            let checked = component
                .check(directory, &written.variables)
                .map_err(|reason| format!("[component.{name}]: {reason}"))?;
            components.insert(name, checked);
        }
        let triggers = written.trigger.http;
        check_triggers(&triggers, &components)?;
        check_variables(&written.variables)?;
        Ok(Self {
            variables: written.variables,
            triggers,
            components,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    spin_manifest_version: u64,
    #[serde(rename = "application")]
    _application: Application,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
    trigger: Triggers,
    #[serde(default)]
    component: BTreeMap<String, WrittenComponent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "version")]
    _version: Option<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(rename = "authors", default)]
    _authors: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variable {
    default: Option<String>,
    #[serde(default)]
    required: bool,
    #[serde(rename = "secret", default)]
    _secret: bool,
    #[serde(rename = "description")]
    _description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Triggers {
    http: Vec<Trigger>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenComponent {
    source: PathBuf,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(default)]
    key_value_stores: Vec<String>,
    #[serde(default)]
    allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(rename = "build")]
    _build: Option<Build>,
}

/// For `spin build` and `spin watch`; this host does not build.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Build {
    #[serde(rename = "command")]
    _command: String,
    #[serde(rename = "workdir")]
    _workdir: Option<String>,
    #[serde(rename = "watch", default)]
    _watch: Vec<String>,
}

impl WrittenComponent {
    fn check(
        self,
        directory: &Path,
        known: &BTreeMap<String, Variable>,
    ) -> Result<Component, String> {
        let template = |text: &String| {
            let template = Template::parse(text)?;
            if let Some(name) = template.variables().find(|name| !known.contains_key(*name)) {
                return Err(format!("there is no variable `{name}`"));
            }
            Ok(template)
        };
        let mut variables = BTreeMap::new();
        for (name, text) in &self.variables {
            if !is_variable_name(name) {
                return Err(format!("`{name}` is not a variable's name"));
            }
            variables.insert(name.clone(), template(text)?);
        }
        Ok(Component {
            source: directory.join(&self.source),
            stores: self.key_value_stores,
            outbound: self
                .allowed_outbound_hosts
                .iter()
                .map(template)
                .collect::<Result<_, _>>()?,
            variables,
        })
    }
}

fn check_triggers(
    triggers: &[Trigger],
    components: &BTreeMap<String, Component>,
) -> Result<(), String> {
    let mut routes = HashSet::new();
    for Trigger { route, component } in triggers {
        if !components.contains_key(component) {
            return Err(format!(
                "the route {route} names `{component}`, and there is no such component"
            ));
        }
        if !route.starts_with('/') {
            return Err(format!("the route `{route}` does not begin with a slash"));
        }
        if !routes.insert(route) {
            return Err(format!("the route {route} is given twice"));
        }
    }
    Ok(())
}

fn check_variables(variables: &BTreeMap<String, Variable>) -> Result<(), String> {
    for (name, variable) in variables {
        if !is_variable_name(name) {
            return Err(format!("`{name}` is not a variable's name"));
        }
        if variable.default.is_some() && variable.required {
            return Err(format!(
                "the variable `{name}` has a default, so it cannot be required"
            ));
        }
        if variable.default.is_none() && !variable.required {
            return Err(format!(
                "the variable `{name}` needs a default, or `required = true`"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use std::path::{Path, PathBuf};

    use super::Manifest;

    pub(crate) const GOOD: &str = r#"spin_manifest_version = 2
[application]
name = "x"
[variables]
host = { default = "http://127.0.0.1:1" }
[[trigger.http]]
route = "/a"
component = "c"
[component.c]
source = "c.wasm"
key_value_stores = ["default"]
allowed_outbound_hosts = ["{{ host }}"]
[component.c.variables]
function = "c"
origin = "{{ host }}"
"#;

    pub(crate) fn parse(text: &str) -> Result<Manifest, String> {
        Manifest::parse(text, Path::new("dir"))
    }

    #[test]
    fn a_good_manifest_is_read() {
        let manifest = parse(GOOD).unwrap();
        assert_eq!(manifest.components["c"].source, PathBuf::from("dir/c.wasm"));
        assert_eq!(
            manifest.variables().collect::<Vec<_>>(),
            [("host", Some("http://127.0.0.1:1"))]
        );
    }

    /// The valid manifest with one change, and a part of the error.
    #[test]
    fn what_is_wrong_is_said() {
        let wrong = [
            ("manifest_version = 2", "manifest_version = 1", "must be 2"),
            ("name = \"x\"", "name = \"x\"\nicon = \"y\"", "line 4"),
            (
                "source = \"c.wasm\"",
                "source = \"c.wasm\"\nenvironment = { a = \"b\" }",
                "environment",
            ),
            (
                "component = \"c\"",
                "component = \"d\"",
                "no such component",
            ),
            ("route = \"/a\"", "route = \"a\"", "slash"),
            (
                "[\"{{ host }}\"]",
                "[\"{{ other }}\"]",
                "no variable `other`",
            ),
            ("origin = \"{{ host }}\"", "origin = \"{{ host\"", "lacks"),
            ("origin =", "Origin =", "not a variable's name"),
            (
                "{ default = \"http://127.0.0.1:1\" }",
                "{}",
                "needs a default",
            ),
            (
                "{ default =",
                "{ required = true, default =",
                "cannot be required",
            ),
            (
                "[component.c]",
                "[[trigger.http]]\nroute = \"/a\"\ncomponent = \"c\"\n[component.c]",
                "twice",
            ),
        ];
        for (from, to, said) in wrong {
            assert!(GOOD.contains(from), "{from}");
            let reason = parse(&GOOD.replace(from, to)).unwrap_err();
            assert!(reason.contains(said), "{to}: {reason}");
        }
    }
}
