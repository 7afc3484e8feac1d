//! Other clients than kubectl through the proxy, with nothing but a downloaded kubeconfig: helm, and
//! a program that uses the official Python client.

use std::fs;
use std::path::Path;
use std::process::Command;

use e2e::{Proxied, Ran, python, workspace};
use serde_json::{Value, json};

/// The files of a chart: something whose value changes, and a test of its own.
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
