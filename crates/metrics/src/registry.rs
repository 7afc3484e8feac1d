//! Which metrics there are.

use std::fmt::Debug;

use prometheus_client::encoding::{EncodeMetric, prometheus_text};
use prometheus_client::metrics::TypedMetric;
use prometheus_client::registry;

use crate::process::{self, Process};
use crate::{Description, Family, Gauge};

/// The metrics of one process, with their names.
pub struct Registry {
    registry: registry::Registry,
    descriptions: Vec<Description>,
}

impl Registry {
    /// With what every process has: `command` is which one this is.
    pub fn new(command: &'static str, version: &'static str) -> Self {
        let mut this = Self {
            registry: registry::Registry::default(),
            descriptions: process::descriptions(),
        };
        this.registry.register_collector(Box::new(Process));
        let build: Family<Gauge, 2> = Family::gauges(["command", "version"]);
        build.of([command, version]).set(1);
        this.register(
            "aks_oauth_proxy_build_info",
            "Always 1; the labels say what runs",
            &build,
        );
        this
    }

    /// Gives `family` its name. A counter's ends in `_total`.
    pub fn register<M, const N: usize>(
        &mut self,
        name: &'static str,
        help: &'static str,
        family: &Family<M, N>,
    ) where
        M: Clone + Debug + EncodeMetric + Send + Sync + TypedMetric + 'static,
    {
        // The suffix is the encoder's to add.
        let stem = name.strip_suffix("_total").unwrap_or(name);
        self.registry.register(stem, help, family.metrics.clone());
        self.descriptions.push(Description {
            name,
            labels: family.labels.to_vec(),
            help,
            kind: M::TYPE,
        });
    }

    /// All metrics that may be in the text; those of a family of which nothing has been counted yet are
    /// not.
    pub fn descriptions(&self) -> &[Description] {
        &self.descriptions
    }

    /// The text, in the format that every scraper reads (`text/plain; version=0.0.4`).
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into memory does not fail.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Registry;
    use crate::Family;

    #[test]
    fn the_text_has_names_labels_and_values() {
        let mut registry = Registry::new("serve", "1.2.3");
        let requests = Family::counters(["function", "status"]);
        registry.register("requests_total", "How many", &requests);
        requests.add(["whoami", "2xx"]);
        let lasted = Family::durations(["function"]);
        registry.register("duration_seconds", "How long", &lasted);
        lasted.observe(["whoami"], Duration::from_millis(3));
        let text = registry.text();
        for line in [
            "# HELP requests_total How many.",
            "# TYPE requests_total counter",
            r#"requests_total{function="whoami",status="2xx"} 1"#,
            r#"duration_seconds_bucket{function="whoami",le="0.0025"} 0"#,
            r#"duration_seconds_bucket{function="whoami",le="0.005"} 1"#,
            r#"duration_seconds_count{function="whoami"} 1"#,
            r#"aks_oauth_proxy_build_info{command="serve",version="1.2.3"} 1"#,
        ] {
            assert!(text.lines().any(|have| have == line), "{line}\n{text}");
        }
    }

    #[test]
    fn what_is_described_is_what_was_named() {
        let mut registry = Registry::new("serve", "1.2.3");
        let counters = Family::counters(["reason"]);
        registry.register("refused_total", "How many were refused", &counters);
        let described = registry.descriptions().last().cloned();
        let described = described.map(|it| (it.name, it.kind().to_owned(), it.labels, it.help));
        let expected = (
            "refused_total",
            "counter".to_owned(),
            vec!["reason"],
            "How many were refused",
        );
        assert_eq!(described, Some(expected));
    }
}
