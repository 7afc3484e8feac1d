//! A real API server accepts the chart's output in each runtime, with each set of values.

use std::fs;
use std::path::{Path, PathBuf};

use e2e::Charted;

use super::definitions::{INSTALLER, RUNTIME_CLASS, SPIN_APP, open};

/// The kinds that a set of values may use.
fn define(charted: &Charted) {
    let others = [
        open("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
        open("cert-manager.io", "v1", "Certificate", "certificates"),
        open(
            "monitoring.coreos.com",
            "v1",
            "ServiceMonitor",
            "servicemonitors",
        ),
        open("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors"),
        open(
            "monitoring.coreos.com",
            "v1",
            "PrometheusRule",
            "prometheusrules",
        ),
    ];
    for definition in others.iter().map(String::as_str).chain([SPIN_APP]) {
        charted.kubectl_with(&["create", "--filename=-"], definition);
    }
    charted.kubectl_with(&["create", "--filename=-"], RUNTIME_CLASS);
    let established = "--for=condition=Established";
    charted.kubectl(&["wait", established, "crd", "--all", "--timeout=60s"]);
}

fn sets() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chart/oauth-proxy/ci");
    let files = fs::read_dir(directory).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// All fields are known and all values accepted. Except for the shim's container, which is root, no pod
/// violates the Pod Security level `restricted`.
#[test]
fn every_set_of_values_is_accepted() {
    let Some(charted) = Charted::start("restricted", None) else {
        return;
    };
    define(&charted);
    let warn = "pod-security.kubernetes.io/warn=restricted";
    charted.kubectl(&["label", "namespace", "aks-oauth-proxy", warn]);
    // The pod of `helm test` is made at once, so its service account must exist.
    charted.kubectl(&["create", "serviceaccount", "oauth-proxy"]);
    for file in sets() {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let values = format!("--values={}", file.display());
        let rendered = charted.helm(&["template", "oauth-proxy", CHART, VERSION, &values]);
        let apply = [
            "--namespace=aks-oauth-proxy",
            "apply",
            "--dry-run=server",
            "--validate=strict",
            "--filename=-",
        ];
        let ran = charted
            .kubernetes
            .administrator()
            .run_with(&apply, &rendered);
        assert_eq!(ran.code, 0, "{name}: {ran:?}");
        let violates = ran.stderr.contains("would violate PodSecurity");
        let is_spin = rendered.contains("runtimeClassName: wasmtime-spin-v2");
        assert_eq!(violates, is_spin, "{name}: {}", ran.stderr);
    }
}

/// `auto` takes what it finds, and an upgrade keeps the release's runtime.
#[test]
fn auto_takes_spin_where_it_is_and_stays_with_what_it_took() {
    let Some(charted) = Charted::start("baseline", None) else {
        return;
    };
    let would_be = |values: &[(&str, &str)]| {
        let shown = charted.install_with(&["--dry-run=server"], values);
        let (_, rest) = shown.split_once("oauth-proxy/runtime: ").unwrap();
        rest.lines().next().unwrap().to_owned()
    };
    assert_eq!(would_be(&[]), "container");
    charted.install_with(&[], &[]);
    define(&charted);
    assert_eq!(would_be(&[]), "container");
    charted.helm(&["uninstall", "oauth-proxy", "--wait"]);
    assert_eq!(would_be(&[]), "spin");
    charted.install_with(&[], &[("runtime", "spin")]);
    charted.kubectl(&["delete", "runtimeclass", "wasmtime-spin-v2"]);
    assert_eq!(would_be(&[]), "spin");
}

/// `restricted` forbids the container of SpinKube's shim: `auto` runs the program and says why, and `spin`
/// and `spinapp` are errors before anything is made.
#[test]
fn where_the_namespace_refuses_spin_auto_is_container_and_spin_an_error() {
    let Some(charted) = Charted::start("restricted", None) else {
        return;
    };
    define(&charted);
    let shown = charted.install_with(&["--dry-run=server"], &[]);
    assert!(shown.contains("oauth-proxy/runtime: container"), "{shown}");
    let why = "aks-oauth-proxy enforces the Pod Security Standard `restricted`";
    assert!(shown.contains(why), "{shown}");
    for runtime in ["spin", "spinapp"] {
        let said = charted.refusal(&[], &[("runtime", runtime)]);
        let problem = format!("runtime is {runtime}, whose");
        assert!(said.contains(&problem) && said.contains(why), "{said}");
        assert!(said.contains("every pod would be refused"), "{said}");
    }
    let made = charted.kubectl(&["get", "secrets,deployments", "--output=name"]);
    assert_eq!(made, "");
    let confined = [
        ("runtime", "spin"),
        ("spin.securityContext.runAsUser", "65532"),
        ("spin.securityContext.runAsNonRoot", "true"),
    ];
    charted.install_with(&["--dry-run=server"], &confined);
}

/// helm fails if it may not read the namespace. Its message names a setting, which helps.
#[test]
fn who_may_not_read_the_namespace_is_told_what_to_set() {
    let Some(charted) = Charted::start("baseline", None) else {
        return;
    };
    define(&charted);
    charted.kubectl_with(&["create", "--filename=-"], INSTALLER);
    let as_installer = ["--dry-run=server", "--kube-as-user=installer"];
    let said = charted.refusal(&as_installer, &[]);
    assert!(said.contains("\"aks-oauth-proxy\" is forbidden"), "{said}");
    assert!(said.contains("set spin.checkNamespace=false"), "{said}");
    let shown = charted.install_with(&as_installer, &[("spin.checkNamespace", "false")]);
    assert!(shown.contains("oauth-proxy/runtime: spin"), "{shown}");
}

/// The operator is missing here: the SpinApp is accepted with all its fields, and its companions run, even
/// where only `restricted` pods may.
#[test]
fn a_spin_app_is_accepted_and_its_companions_run() {
    let Some(charted) = Charted::start("restricted", None) else {
        return;
    };
    define(&charted);
    charted.install_with(
        &[],
        &[
            ("runtime", "spinapp"),
            ("spin.checkNamespace", "false"),
            ("settings.componentPlainHttp", "true"),
            ("store.sqlite.persistence.enabled", "false"),
        ],
    );
    let sidecar = "deployment/oauth-proxy-sidecar";
    charted.kubectl(&["rollout", "status", sidecar, "--timeout=5m"]);
    // It runs and is not ready: there is no component behind it.
    let running = "--for=jsonpath={.status.phase}=Running";
    let tunnel = "--selector=app.kubernetes.io/component=tunnel";
    charted.kubectl(&["wait", running, "pod", tunnel, "--timeout=5m"]);
    let image = "--output=jsonpath={.spec.image} {.spec.runtimeConfig.loadFromSecret}";
    let app = charted.kubectl(&["get", "spinapp/oauth-proxy", image]);
    let expected = "ghcr.io/your-org/oauth-proxy-spin:1.0.0 oauth-proxy-runtime-config";
    assert_eq!(app, expected);
    // The chart's own checks: here the sidecar has the token, and gives it over TLS.
    let checked = charted.helm(&["test", "oauth-proxy", "--logs", "--timeout=5m"]);
    for row in ["ok       sidecar", "ok       client-assertion", "0 failed"] {
        assert!(checked.contains(row), "{row} is not in {checked}");
    }
}

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../chart/oauth-proxy");
/// helm knows the cluster's version only if it may ask it.
const VERSION: &str = "--kube-version=1.35";
