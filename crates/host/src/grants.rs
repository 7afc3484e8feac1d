//! The grants of components.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use egress::Proxies;
use metrics::Label;
use url::Url;

use crate::Options;
use crate::client_tls::ClientTls;
use crate::counts::Counts;
use crate::key_value::Backend;
use crate::manifest::Component;
use crate::runtime_config::RuntimeConfig;
use crate::template::Template;
use crate::variables::{Granted, Values};

/// The grants of one component, resolved.
pub(crate) struct Grants {
    /// The component's name, for messages.
    pub(crate) component: String,
    pub(crate) variables: Granted,
    /// The grants, by label.
    pub(crate) stores: HashMap<String, Backend>,
    pub(crate) outbound: Outbound,
    /// The default limit of its calls.
    pub(crate) outbound_limit: Duration,
    /// The TLS settings of its calls.
    pub(crate) client_tls: Arc<ClientTls>,
    /// The proxies of its calls.
    pub(crate) proxies: Proxies,
    /// The counts for its actions.
    pub(crate) counts: Arc<Counts>,
}

impl Grants {
    /// Resolves the grants of `component`.
    pub(crate) fn new(
        name: &str,
        component: &Component,
        values: &Values,
        config: &RuntimeConfig,
        options: &Options,
        counts: &Arc<Counts>,
    ) -> Result<Self, String> {
        let mut granted = HashMap::new();
        for label in &component.stores {
            let store = config.stores.get(label).ok_or_else(|| {
                format!("[component.{name}] wants the store `{label}`, which no runtime configuration has")
            })?;
            granted.insert(label.clone(), store.clone());
        }
        let hosts = component.outbound.iter();
        let hosts = hosts.map(|template| {
            let entry = template.resolve(|variable| values.get(variable));
            (entry, label(template))
        });
        Ok(Self {
            component: name.to_owned(),
            variables: Granted::new(component, values),
            stores: granted,
            outbound: Outbound::parse(hosts),
            outbound_limit: options.outbound_limit,
            client_tls: config.client_tls.clone(),
            proxies: options.proxies.clone(),
            counts: counts.clone(),
        })
    }

    /// Whether the component may use neither a store nor outgoing calls.
    pub(crate) fn reach_nothing(&self) -> bool {
        self.stores.is_empty() && self.outbound.is_empty()
    }
}

/// The origins that a component may call.
#[derive(Debug)]
pub(crate) enum Outbound {
    /// Only these, each with the name of the setting that gives it.
    Only(Vec<(Origin, Label)>),
    /// One entry does not parse. In Spin this breaks every call of the component.
    Broken(String),
}

/// Scheme, host and port.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Origin(url::Origin);

impl Outbound {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Only(origins) if origins.is_empty())
    }

    fn parse(entries: impl Iterator<Item = (String, Label)>) -> Self {
        let mut origins = Vec::new();
        for (entry, name) in entries {
            match Origin::parse(&entry) {
                Some(origin) => origins.push((origin, name)),
                None => return Self::Broken(entry),
            }
        }
        Self::Only(origins)
    }

    /// The label under which `uri` may be called.
    pub(crate) fn check(&self, uri: &http::Uri) -> Result<&Label, NotGranted> {
        match self {
            Self::Broken(entry) => Err(NotGranted::Broken(entry.clone())),
            Self::Only(origins) => {
                let origin = Origin::of(uri).ok_or(NotGranted::Other)?;
                let granted = origins.iter().find(|(granted, _)| *granted == origin);
                granted.map(|(_, name)| name).ok_or(NotGranted::Other)
            }
        }
    }
}

impl Origin {
    /// Reads `scheme://host[:port]`. Spin also takes wildcards, ranges and `self`; no component here may be
    /// granted so much.
    fn parse(entry: &str) -> Option<Self> {
        let url = Url::parse(entry).ok()?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && !entry.contains('*');
        let known = matches!(url.scheme(), "http" | "https");
        (bare && known && !entry.ends_with('/')).then(|| Self(url.origin()))
    }

    fn of(uri: &http::Uri) -> Option<Self> {
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        Self::parse(&format!("{scheme}://{authority}"))
    }
}

/// The label for calls of this origin.
fn label(template: &Template) -> Label {
    let variable = template.only_variable();
    variable.map_or("other".into(), |name| Arc::<str>::from(name).into())
}

/// Why a call is refused.
#[derive(Debug)]
pub(crate) enum NotGranted {
    /// The origin is not on the list.
    Other,
    /// The list itself is broken.
    Broken(String),
}

impl fmt::Display for NotGranted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other => f.write_str("allowed_outbound_hosts does not name this origin"),
            Self::Broken(entry) => {
                write!(
                    f,
                    "the entry `{entry}` of allowed_outbound_hosts is not an origin, so nothing may be called"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{NotGranted, Outbound};

    fn check(entries: &[&str], uri: &str) -> Result<(), NotGranted> {
        let entries = entries.iter();
        let named = entries.map(|entry| ((*entry).to_owned(), "a_setting".into()));
        let called = Outbound::parse(named);
        let name = called.check(&uri.parse().unwrap())?;
        assert_eq!(name.as_str(), "a_setting");
        Ok(())
    }

    #[test]
    fn an_origin_on_the_list_may_be_called() {
        for uri in [
            "https://a.example/x?y",
            "https://a.example:443/",
            "https://A.example/",
        ] {
            assert!(check(&["https://a.example"], uri).is_ok(), "{uri}");
        }
        assert!(check(&["http://127.0.0.1:1", "http://b:8080"], "http://b:8080/").is_ok());
    }

    #[test]
    fn every_other_origin_is_refused() {
        for uri in [
            "http://a.example/",
            "https://a.example:8443/",
            "https://a.example.evil/",
            "https://xa.example/",
            "https://evil/a.example",
            "https://a.example@evil/",
        ] {
            assert!(
                matches!(check(&["https://a.example"], uri), Err(NotGranted::Other)),
                "{uri}"
            );
        }
        assert!(check(&[], "https://a.example/").is_err());
    }

    #[test]
    fn one_broken_entry_breaks_all() {
        for entry in [
            "",
            "a.example",
            "https://a.example/",
            "https://a.example/x",
            "https://*",
            "ftp://a",
        ] {
            let refused = check(&["https://b.example", entry], "https://b.example/");
            assert!(matches!(refused, Err(NotGranted::Broken(_))), "{entry}");
        }
    }
}
