//! Tests the metrics against their documentation.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use listener::Limits;
use metrics::{Description, Registry};

use super::registry;

const DOCUMENT: &str = include_str!("../../../docs/metrics.md");
const ALERTS: &str = include_str!("../../../chart/oauth-proxy/files/alerts.yaml");
const DASHBOARD: &str = include_str!("../../../chart/oauth-proxy/files/dashboard.json");

/// The metrics of `serve`, `sidecar` and `tunnel`, as they register them.
fn of_all() -> [Registry; 3] {
    ["serve", "sidecar", "tunnel"].map(|command| {
        let mut registry = registry(command);
        listener::Counts::new(&Limits::default()).register(&mut registry);
        traces::Counts::new().register(&mut registry);
        if command == "serve" {
            host::Counts::new(1).register(&mut registry);
        }
        if command != "tunnel" {
            sidecar::Counts::new().register(&mut registry);
        }
        if command != "sidecar" {
            tunnel::Counts::new(1, 1).register(&mut registry);
        }
        registry
    })
}

/// The documented metrics by name: the commands that have them, and their description.
fn described() -> BTreeMap<&'static str, (Vec<&'static str>, Description)> {
    let mut described: BTreeMap<_, (Vec<&str>, Description)> = BTreeMap::new();
    for (command, registry) in ["serve", "sidecar", "tunnel"].iter().zip(of_all()) {
        for one in registry.descriptions() {
            let entry = described.entry(one.name);
            let (commands, _) = entry.or_insert_with(|| (Vec::new(), one.clone()));
            commands.push(*command);
        }
    }
    described
}

fn table() -> String {
    let mut table = "| metric | type | labels | of | what |\n|---|---|---|---|---|\n".to_owned();
    for (name, (commands, one)) in described() {
        let labels: Vec<_> = one
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        let (labels, commands) = (labels.join(", "), commands.join(", "));
        let (kind, help) = (one.kind(), one.help);
        writeln!(
            table,
            "| `{name}` | {kind} | {labels} | {commands} | {help} |"
        )
        .unwrap();
    }
    table
}

#[test]
fn the_document_has_each_metric() {
    let (_, rest) = DOCUMENT.split_once("<!-- metrics -->\n").unwrap();
    let (documented, _) = rest.split_once("<!-- /metrics -->").unwrap();
    assert_eq!(
        documented,
        table(),
        "put this into docs/metrics.md:\n{}",
        table()
    );
}

/// The metric names in a text: words with our prefix.
fn named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = |word: &&str| word.starts_with("aks_oauth_proxy_") || word.starts_with("process_");
    words.filter(ours).collect()
}

/// Those names that no metric has.
fn unknown(text: &str) -> Vec<&str> {
    let described = described();
    let is_known = |name: &&str| {
        let parts = ["_bucket", "_sum", "_count"];
        let stem = parts.iter().find_map(|part| name.strip_suffix(part));
        let histogram = stem.and_then(|stem| described.get(stem));
        described.contains_key(name) || histogram.is_some_and(|(_, it)| it.kind() == "histogram")
    };
    let names = named(text).into_iter();
    names.filter(|name| !is_known(name)).collect()
}

#[test]
fn what_the_alerts_name_is_there() {
    assert!(named(ALERTS).len() > 5);
    assert_eq!(unknown(ALERTS), Vec::<&str>::new());
}

#[test]
fn what_the_dashboard_names_is_there() {
    assert!(named(DASHBOARD).len() > 10);
    assert_eq!(unknown(DASHBOARD), Vec::<&str>::new());
}

#[test]
fn what_the_document_names_is_there() {
    assert_eq!(unknown(DOCUMENT), Vec::<&str>::new());
}

#[test]
fn a_name_that_no_metric_has_is_found() {
    let text = "rate(aks_oauth_proxy_requests[5m]) / process_open_fds_total, \
                aks_oauth_proxy_requests_total_bucket aks_oauth_proxy_request_duration_seconds_bucket";
    let expected = [
        "aks_oauth_proxy_requests",
        "aks_oauth_proxy_requests_total_bucket",
        "process_open_fds_total",
    ];
    assert_eq!(unknown(text), expected);
}

#[test]
fn labels_that_could_have_any_value_are_none() {
    for (name, (_, one)) in described() {
        for label in &one.labels {
            let bounded = [
                "answer",
                "command",
                "direction",
                "event",
                "function",
                "kind",
                "limit",
                "operation",
                "outcome",
                "reason",
                "result",
                "status",
                "store",
                "target",
                "to",
                "version",
            ];
            assert!(bounded.contains(label), "{name}: {label}");
        }
    }
}
