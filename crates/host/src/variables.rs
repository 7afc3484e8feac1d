//! The application's variables, and those that each component sees.

use std::collections::{BTreeMap, HashMap};

use crate::manifest::{Component, Manifest};
use crate::template::is_variable_name;
use crate::{LoadError, Options};

/// A value for every variable of the application.
pub(crate) struct Values(BTreeMap<String, String>);

impl Values {
    /// From the options, else the manifest's defaults.
    pub(crate) fn resolve(manifest: &Manifest, options: &Options) -> Result<Self, LoadError> {
        let mut values = BTreeMap::new();
        for (name, default) in manifest.variables() {
            let given = options.variables.get(name).map(String::as_str);
            let value = given.or(default).ok_or_else(|| LoadError::Variable {
                name: name.to_owned(),
                reason: "has no value, and spin.toml says that it is required",
            })?;
            values.insert(name.to_owned(), value.to_owned());
        }
        Ok(Self(values))
    }

    /// The value of `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The variables of one component. It sees no others, except the one that holds all of them.
#[derive(Debug, Default)]
pub(crate) struct Granted(HashMap<String, String>);

/// Why a component gets no value.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum NoValue {
    InvalidName,
    Undefined,
}

impl Granted {
    pub(crate) fn new(component: &Component, values: &Values) -> Self {
        let resolve = |(name, template): (&String, &crate::template::Template)| {
            (
                name.clone(),
                template.resolve(|variable| values.get(variable)),
            )
        };
        let mut granted: HashMap<_, _> = component.variables.iter().map(resolve).collect();
        let each = granted.iter();
        let all = all_variables::write(each.map(|(name, value)| (name.as_str(), value.as_str())));
        granted.insert(all_variables::NAME.to_owned(), all);
        Self(granted)
    }

    pub(crate) fn get(&self, name: &str) -> Result<&str, NoValue> {
        if !is_variable_name(name) {
            return Err(NoValue::InvalidName);
        }
        self.0
            .get(name)
            .map(String::as_str)
            .ok_or(NoValue::Undefined)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use std::collections::BTreeMap;
    use std::path::PathBuf;
    use std::time::Duration;

    use all_variables::AllVariables;
    use egress::Proxies;

    use super::{Granted, NoValue, Values};
    use crate::manifest::tests::{GOOD, parse};
    use crate::{LoadError, Options, RedisSettings};

    fn options(host: Option<&str>) -> Options {
        let variables = host.map(|host| ("host".to_owned(), host.to_owned()));
        Options {
            manifest: PathBuf::new(),
            runtime_config: None,
            state_dir: PathBuf::new(),
            max_instances: 1,
            max_instances_per_client: 1,
            trusted_proxies: Vec::new(),
            redis: RedisSettings::default(),
            outbound_limit: Duration::from_secs(600),
            proxies: Proxies::default(),
            variables: BTreeMap::from_iter(variables),
        }
    }

    #[test]
    fn what_is_given_comes_before_the_default() {
        let manifest = parse(GOOD).unwrap();
        let value = |host| {
            Values::resolve(&manifest, &options(host))
                .unwrap()
                .get("host")
                .map(str::to_owned)
        };
        assert_eq!(value(None).as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(value(Some("http://x")).as_deref(), Some("http://x"));
        assert_eq!(value(Some("")).as_deref(), Some(""));
    }

    #[test]
    fn a_required_variable_without_a_value_is_an_error() {
        let text = GOOD.replace(
            "{ default = \"http://127.0.0.1:1\" }",
            "{ required = true }",
        );
        let error = Values::resolve(&parse(&text).unwrap(), &options(None)).err();
        assert!(matches!(error, Some(LoadError::Variable { name, .. }) if name == "host"));
    }

    #[test]
    fn a_component_sees_its_own_variables_only() {
        let manifest = parse(GOOD).unwrap();
        let values = Values::resolve(&manifest, &options(Some("http://x"))).unwrap();
        let granted = Granted::new(&manifest.components["c"], &values);
        assert_eq!(granted.get("function"), Ok("c"));
        assert_eq!(granted.get("origin"), Ok("http://x"));
        assert_eq!(granted.get("host"), Err(NoValue::Undefined));
        assert_eq!(granted.get("Host"), Err(NoValue::InvalidName));
    }

    #[test]
    fn all_of_them_are_its_own_too() {
        let manifest = parse(GOOD).unwrap();
        let values = Values::resolve(&manifest, &options(Some("http://x"))).unwrap();
        let granted = Granted::new(&manifest.components["c"], &values);
        let all = granted.get(all_variables::NAME).unwrap().to_owned();
        let all = AllVariables::read(all).unwrap();
        assert_eq!(all.get("function"), Some("c"));
        assert_eq!(all.get("origin"), Some("http://x"));
        assert_eq!(
            (all.get("host"), all.get(all_variables::NAME)),
            (None, None)
        );
    }
}
