//! The metrics as operators use them: scraped by a real Prometheus, with its rules, and by the dashboard's
//! queries. Each part's counts are tested in its crate.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use e2e::{Builder, Prometheus, Stack, free_port, workspace};
use serde_json::{Value, json};

fn alerts() -> PathBuf {
    workspace().join("chart/oauth-proxy/files/alerts.yaml")
}

/// The stack, and the address of its metrics.
fn start() -> (Stack, String) {
    let address = format!("127.0.0.1:{}", free_port());
    let stack = Builder::default()
        .argument(&format!("--metrics-listen={address}"))
        .start();
    let told = stack.proxy.line(r#""event":"metrics""#);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["url"], format!("http://{address}/metrics"));
    (stack, address)
}

#[test]
fn a_prometheus_sees_who_signs_in_and_what_fails() {
    let (stack, address) = start();
    let mut alice = stack.signed_in("alice");
    assert_eq!(alice.get("/whoami").status, 200);
    assert_eq!(alice.get("/nowhere/at-all").status, 404);
    assert_eq!(alice.get("/k8s/version").status, 401);
    assert_eq!(stack.browser().get("/callback?code=x&state=y").status, 400);
    stack.control(
        "faults",
        &json!({ "at": "token", "kind": "status", "status": 500, "times": 0 }),
    );
    let mut bob = stack.browser();
    let callback = stack.begin(&mut bob, "bob", "/whoami");
    assert_eq!(bob.get(&callback).status, 503);

    let prometheus = Prometheus::start(&address, &alerts());
    for (query, expected) in [
        (r#"aks_oauth_proxy_build_info{command="serve"}"#, 1.0),
        (
            r#"aks_oauth_proxy_events_total{event="sign_in",outcome="ok"}"#,
            1.0,
        ),
        (
            r#"aks_oauth_proxy_events_total{event="fault",outcome="entra-unavailable"}"#,
            1.0,
        ),
        (
            r#"aks_oauth_proxy_events_total{event="other"} or vector(0)"#,
            0.0,
        ),
        (
            r#"aks_oauth_proxy_events_total{outcome="other"} or vector(0)"#,
            0.0,
        ),
        (
            r#"aks_oauth_proxy_requests_total{function="whoami",status="2xx"}"#,
            1.0,
        ),
        (
            r#"aks_oauth_proxy_requests_total{function="callback",status="3xx"}"#,
            1.0,
        ),
        (
            r#"aks_oauth_proxy_requests_total{function="callback",status="4xx"}"#,
            1.0,
        ),
        (
            r#"aks_oauth_proxy_requests_total{function="callback",status="5xx"}"#,
            1.0,
        ),
        (
            r#"aks_oauth_proxy_requests_total{function="not-found",status="4xx"}"#,
            1.0,
        ),
        (
            r#"aks_oauth_proxy_request_duration_seconds_count{function="callback"}"#,
            3.0,
        ),
        (
            r#"aks_oauth_proxy_tunnel_requests_total{to="api_server",status="4xx"}"#,
            1.0,
        ),
        (r#"aks_oauth_proxy_spans_total{result="dropped"}"#, 0.0),
        ("aks_oauth_proxy_requests_in_flight", 0.0),
        ("aks_oauth_proxy_instances_limit", 1000.0),
        (
            r#"aks_oauth_proxy_sidecar_tokens_total{result="unavailable"}"#,
            0.0,
        ),
        (
            r#"aks_oauth_proxy_store_operations_total{result="error"} or vector(0)"#,
            0.0,
        ),
    ] {
        prometheus.comes_to(query, expected);
    }
    for query in [
        r#"aks_oauth_proxy_outbound_requests_total{target="authority_host",result="2xx"} > 0"#,
        r#"aks_oauth_proxy_outbound_requests_total{target="authority_host",result="5xx"} > 0"#,
        r#"aks_oauth_proxy_outbound_requests_total{target="sidecar_url",result="2xx"} > 0"#,
        r#"aks_oauth_proxy_sidecar_tokens_total{kind="federated",result="ok"} > 0"#,
        r#"aks_oauth_proxy_store_operations_total{store="sqlite",operation="set",result="ok"} > 0"#,
        "aks_oauth_proxy_connections_accepted_total > 0",
        "process_resident_memory_bytes > 1e6",
        "process_cpu_seconds_total > 0",
        "process_open_fds > 3",
        "time() - process_start_time_seconds < 600",
    ] {
        prometheus.until(query, |found| !found.is_empty());
    }

    every_query_of_the_dashboard_shows_something(&prometheus);
    assert!(prometheus.is_content() > 10);
}

fn every_query_of_the_dashboard_shows_something(prometheus: &Prometheus) {
    let dashboard = workspace().join("chart/oauth-proxy/files/dashboard.json");
    let dashboard: Value = serde_json::from_str(&fs::read_to_string(dashboard).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.filter_map(|panel| panel["targets"].as_array());
    let queries: Vec<_> = targets
        .flatten()
        .map(|target| target["expr"].as_str().unwrap())
        .collect();
    assert!(queries.len() > 20);
    for query in queries {
        let query = query.replace("$namespace", ".*");
        let query = query.replace("$__rate_interval", "5m");
        // The tunnel of `serve` does not forward.
        let is_elsewhere = query.contains("_tunnel_forward");
        prometheus.until(&query, |found| is_elsewhere || !found.is_empty());
    }
}

/// What operators scrape is not for the public.
#[test]
fn the_public_port_has_no_metrics() {
    let (stack, address) = start();
    let public = stack.browser().get("/metrics");
    assert_eq!(public.status, 404);
    assert!(!public.body.contains("aks_oauth_proxy"), "{}", public.body);
    let metrics = stack.browser_at(&format!("http://{address}"));
    for path in ["/", "/whoami", "/healthz", "/k8s/api"] {
        assert_eq!(metrics.clone().get(path).status, 404, "{path}");
    }
}

/// Sessions, names and paths are not in them.
#[test]
fn nothing_of_anybody_is_in_the_metrics() {
    let (stack, address) = start();
    let mut alice = stack.signed_in("alice");
    alice.get("/whoami?secret-query");
    alice.get("/k8s/secret-path");
    alice.get("/secret-path/secret-session");
    let text = stack
        .browser_at(&format!("http://{address}"))
        .get("/metrics");
    assert_eq!(text.status, 200);
    let secrets = stack.secrets();
    let words = [
        "alice",
        "contoso",
        "a11ce000",
        "127.0.0.1",
        "secret-",
        "localhost",
    ];
    for word in words.into_iter().chain(secrets.iter().map(String::as_str)) {
        assert!(!text.body.contains(word), "{word}: {}", text.body);
    }
}

fn promtool(arguments: &[&str], directory: &std::path::Path) {
    let ran = Command::new("promtool")
        .args(arguments)
        .current_dir(directory)
        .output();
    let ran = ran.expect("Debian's package prometheus is installed");
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn each_alert_fires_at_its_trouble_and_at_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let cases = workspace().join("tests/prometheus/alerts_test.yaml");
    for file in [&alerts(), &cases] {
        fs::copy(file, directory.path().join(file.file_name().unwrap())).unwrap();
    }
    promtool(&["check", "rules", "alerts.yaml"], directory.path());
    promtool(&["test", "rules", "alerts_test.yaml"], directory.path());

    let [rules, cases] = [alerts(), cases].map(|file| fs::read_to_string(file).unwrap());
    let named: BTreeSet<_> = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
        .collect();
    let tried: BTreeSet<_> = cases
        .split("alertname=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(named, tried);
}
