//! Other clients than kubectl through the proxy, with only a downloaded kubeconfig: helm, k9s, stern, and a
//! program with the official Python client.

use std::env;
use std::fs;
use std::iter;
use std::path::Path;
use std::process::Command;

use e2e::{Kubectl, Process, Proxied, Ran, Terminal, python, workspace};
use serde_json::{Value, json};

/// The files of a chart: an object with a changing value, and its own test.
const CHART: [(&str, &str); 4] = [
    (
        "Chart.yaml",
        "apiVersion: v2\nname: greeting\nversion: 0.1.0\n",
    ),
    ("values.yaml", "greeting: hello\n"),
    (
        "templates/greeting.yaml",
        "apiVersion: v1\n\
         kind: ConfigMap\n\
         metadata: { name: '{{ .Release.Name }}-greeting' }\n\
         data: { greeting: '{{ .Values.greeting }}' }\n",
    ),
    (
        "templates/tests/greets.yaml",
        "apiVersion: v1\n\
         kind: Pod\n\
         metadata:\n\
         \x20 name: '{{ .Release.Name }}-greets'\n\
         \x20 annotations: { helm.sh/hook: test }\n\
         spec:\n\
         \x20 restartPolicy: Never\n\
         \x20 containers:\n\
         \x20 - name: main\n\
         \x20   image: any\n\
         \x20   command: [sh, -c, 'echo tested: {{ .Values.greeting }}']\n",
    ),
];

#[test]
fn helm_installs_upgrades_tests_and_uninstalls_a_chart() {
    let Some(proxied) = Proxied::start() else {
        return;
    };
    proxied.kubernetes.namespace("charts");
    let alice = proxied.kubectl_of("alice");
    write_chart(&alice.directory().join("chart"));
    let program = proxied.kubernetes.tools().join("helm");
    let helm = |arguments: &[&str]| {
        let mut helm = alice.other(&program);
        helm.arg("--namespace=charts").args(arguments);
        let ran = Ran::of(&mut helm, "");
        assert_eq!(ran.code, 0, "helm {arguments:?}: {ran:?}");
        ran.stdout
    };
    let greeting = [
        "--namespace=charts",
        "get",
        "configmaps",
        "--output=jsonpath={.items[*].data.greeting}",
    ];

    let installed = helm(&["install", "it", "chart", "--wait"]);
    assert!(installed.contains("STATUS: deployed"), "{installed}");
    assert_eq!(alice.succeed(&greeting).trim(), "hello");
    let upgraded = helm(&["upgrade", "it", "chart", "--wait", "--set=greeting=bye"]);
    assert!(upgraded.contains("REVISION: 2"), "{upgraded}");
    assert_eq!(alice.succeed(&greeting).trim(), "bye");
    let tested = helm(&["test", "it", "--logs"]);
    assert!(tested.contains("Succeeded"), "{tested}");
    assert!(tested.contains("tested: bye"), "{tested}");
    assert!(helm(&["list", "--short"]).contains("it"));
    let uninstalled = helm(&["uninstall", "it", "--wait"]);
    assert!(uninstalled.contains("uninstalled"), "{uninstalled}");
    assert_eq!(alice.succeed(&greeting).trim(), "");
}

fn write_chart(directory: &Path) {
    for (name, content) in CHART {
        let file = directory.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
}

#[test]
fn the_official_python_client_lists_watches_and_execs() {
    let Some(python) = python() else {
        return;
    };
    let Some(proxied) = Proxied::start() else {
        return;
    };
    proxied.kubernetes.namespace("python");
    let alice = proxied.kubectl_of("alice");
    let here = "--namespace=python";
    alice.succeed(&[here, "run", "idle", "--image=any"]);
    alice.succeed(&[here, "wait", "--for=condition=Ready", "pod/idle"]);
    let mut program: Command = alice.other(&python);
    program
        .arg(workspace().join("tests/python/kubernetes_client.py"))
        .args(["python", "idle"]);
    let ran = Ran::of(&mut program, "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let seen: Value = serde_json::from_str(&ran.stdout).unwrap();
    let expected = json!({
        "user": "alice@contoso.example",
        "pods": ["idle"],
        "watched": ["ADDED", "MODIFIED", "DELETED"],
        "executed": { "stdout": "got a line\n", "stderr": "bad\n", "code": 3 },
    });
    assert_eq!(seen, expected);
}

#[test]
fn k9s_shows_pods_logs_and_a_shell() {
    if let Some(proxied) = Proxied::start() {
        walk_through_k9s(&proxied);
    }
}

#[test]
fn k9s_shows_them_through_a_tunnel() {
    if let Some(proxied) = Proxied::behind_a_tunnel() {
        walk_through_k9s(&proxied);
    }
}

fn walk_through_k9s(proxied: &Proxied) {
    proxied.kubernetes.namespace("screens");
    let alice = proxied.kubectl_of("alice");
    run_that_talks(&alice, "first");
    let mut k9s = k9s(proxied, &alice);

    k9s.shows(&["pods(screens)", "first", "Running"]);
    // Its watch sees later pods.
    run_that_talks(&alice, "second");
    k9s.shows(&["first", "second"]);
    alice.succeed(&[
        SCREENS,
        "delete",
        "pod",
        "second",
        "--force",
        "--grace-period=0",
    ]);
    k9s.hides("second");

    k9s.types("l");
    k9s.shows(&["first talks"]);
    k9s.types(ESCAPE);
    k9s.shows(&["pods(screens)"]);
    k9s.types("d");
    k9s.shows(&["Namespace:", "Service Account:"]);
    k9s.types(ESCAPE);
    k9s.shows(&["pods(screens)"]);
    k9s.types("s");
    k9s.shows(&["<<K9s-Shell>>"]);
    k9s.types("echo answer $((40 + 2))\n");
    k9s.shows(&["answer 42"]);
    k9s.types("exit\n");
    k9s.shows(&["pods(screens)"]);
    k9s.types(":q\r");
    k9s.ends();
}

const SCREENS: &str = "--namespace=screens";
const ESCAPE: &str = "\x1b";

/// k9s with the pods of a namespace, without its check for updates.
fn k9s(proxied: &Proxied, user: &Kubectl) -> Terminal {
    let tools = proxied.kubernetes.tools();
    let directory = user.directory().join("k9s");
    fs::create_dir(&directory).unwrap();
    let config = "k9s:\n  refreshRate: 1\n  skipLatestRevCheck: true\n";
    fs::write(directory.join("config.yaml"), config).unwrap();
    let mut k9s = user.other(&tools.join("k9s"));
    k9s.args([SCREENS, "--command=pods"]);
    k9s.env("K9S_CONFIG_DIR", directory);
    // It runs kubectl for a shell.
    let path = env::var_os("PATH").unwrap_or_default();
    let paths = iter::once(tools.to_owned()).chain(env::split_paths(&path));
    k9s.env("PATH", env::join_paths(paths).unwrap());
    Terminal::start(&mut k9s)
}

#[test]
fn stern_follows_the_logs_of_all_pods_that_match() {
    if let Some(proxied) = Proxied::start() {
        follow_with_stern(&proxied);
    }
}

#[test]
fn stern_follows_them_through_a_tunnel() {
    if let Some(proxied) = Proxied::behind_a_tunnel() {
        follow_with_stern(&proxied);
    }
}

fn follow_with_stern(proxied: &Proxied) {
    proxied.kubernetes.namespace("screens");
    let alice = proxied.kubectl_of("alice");
    run_that_talks(&alice, "first");
    let mut stern = alice.other(&proxied.kubernetes.tools().join("stern"));
    let stern = Process::spawn(stern.args([SCREENS, "--color=never", "first|second"]));
    stern.line("first talks");
    // Pods that come later are followed too.
    run_that_talks(&alice, "second");
    stern.line("second talks");
}

/// Runs a pod that prints its name, and waits for that.
fn run_that_talks(user: &Kubectl, name: &str) {
    let talks = format!("echo {name} talks; exec sleep 600");
    let shell = ["--command", "--", "sh", "-c", &talks];
    user.succeed(&[&[SCREENS, "run", name, "--image=any"][..], &shell].concat());
    let pod = format!("pod/{name}");
    user.succeed(&[SCREENS, "wait", "--for=condition=Ready", &pod]);
}
