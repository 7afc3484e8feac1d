//! The Kubernetes of the tests is like AKS, without a proxy: it knows users by their AKS tokens, RBAC
//! decides, the audit log names them, and its node does what kubectl asks for.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use e2e::{Builder, Kubectl, Kubernetes, Stack};
use serde_json::{Value, json};

const ALICE: &str = "alice@contoso.example";

/// A pod that serves HTTP on a port that another pod may have too.
const SERVER: &str = r#"{
    "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "server" },
    "spec": { "containers": [{
        "name": "main", "image": "any",
        "command": ["sh", "-c",
            "echo served by me > hello; echo ready; exec python3 -m http.server 8080 --bind $POD_IP"],
        "env": [{ "name": "POD_IP", "valueFrom": { "fieldRef": { "fieldPath": "status.podIP" } } }]
    }] }
}"#;

fn start() -> Option<(Stack, Kubernetes)> {
    let stack = Builder::default()
        .setting("EXPOSE_ACCESS_TOKEN", "true")
        .start();
    let kubernetes = Kubernetes::start(&stack)?;
    Some((stack, kubernetes))
}

/// The audit log's entries for `user`: verbs, resources and status.
fn audited(kubernetes: &Kubernetes, user: &str) -> Vec<(String, String, u64)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let events = kubernetes.audit().into_iter();
    events
        .filter(|event| event["user"]["username"] == user)
        .map(|event| {
            let code = event["responseStatus"]["code"].as_u64().unwrap_or_default();
            let resource = &event["objectRef"]["resource"];
            (text(&event["verb"]), text(resource), code)
        })
        .collect()
}

#[test]
fn rbac_decides_by_the_names_in_the_token_and_the_audit_log_has_them() {
    let Some((stack, kubernetes)) = start() else {
        return;
    };
    let alice = kubernetes.direct(&stack.aks_token("alice"));
    let told: Value =
        serde_json::from_str(&alice.succeed(&["auth", "whoami", "-o", "json"])).unwrap();
    let user = &told["status"]["userInfo"];
    assert_eq!(user["username"], ALICE);
    let groups = user["groups"].as_array().unwrap();
    assert!(groups.contains(&json!("6700d000-0000-4000-8000-000000000002")));
    alice.succeed(&["get", "pods", "--namespace=demo"]);
    alice.succeed(&["get", "namespaces,nodes"]);
    let refused = alice.fail(&["get", "pods", "--namespace=default"]);
    assert!(
        refused.contains(&format!("User \"{ALICE}\" cannot list")),
        "{refused}"
    );

    let bob = kubernetes.direct(&stack.aks_token("bob"));
    let refused = bob.fail(&["get", "pods", "--namespace=demo"]);
    assert!(
        refused.contains("User \"bob@contoso.example\" cannot list"),
        "{refused}"
    );
    bob.succeed(&["api-resources"]);
    // alice may impersonate bob, and nobody else.
    let refused = alice.fail(&[
        "get",
        "pods",
        "--namespace=demo",
        "--as=bob@contoso.example",
    ]);
    assert!(
        refused.contains("User \"bob@contoso.example\" cannot list"),
        "{refused}"
    );
    let refused = alice.fail(&[
        "get",
        "pods",
        "--namespace=demo",
        "--as=erin@contoso.example",
    ]);
    assert!(refused.contains("cannot impersonate"), "{refused}");

    let groups = ["6700d000-0000-4000-8000-000000000101"];
    stack.control("groups", &json!({ "user": "erin", "groups": groups }));
    let erin = kubernetes.direct(&stack.aks_token("erin"));
    erin.succeed(&["get", "pods", "--namespace=demo"]);
    let refused = erin.fail(&["create", "configmap", "mine", "--namespace=demo"]);
    assert!(refused.contains("cannot create"), "{refused}");

    let nobody = kubernetes
        .direct("not-a-token")
        .fail(&["get", "namespaces"]);
    assert!(nobody.contains("You must be logged in"), "{nobody}");
    assert!(audited(&kubernetes, ALICE).contains(&("list".into(), "pods".into(), 200)));
    let bobs = audited(&kubernetes, "bob@contoso.example");
    assert!(
        bobs.contains(&("list".into(), "pods".into(), 403)),
        "{bobs:?}"
    );
}

#[test]
fn pods_live_on_the_node_and_kubectl_reaches_into_them() {
    let Some((stack, kubernetes)) = start() else {
        return;
    };
    let alice = kubernetes.direct(&stack.aks_token("alice"));
    let demo = |arguments: &[&str]| {
        let arguments = [&["--namespace=demo"], arguments].concat();
        alice.succeed(&arguments)
    };
    alice.succeed_with(&["--namespace=demo", "apply", "--filename=-"], SERVER);
    demo(&["wait", "--for=condition=Ready", "pod/server"]);

    let both = "echo out; echo err >&2; exit 7";
    let exec = ["--namespace=demo", "exec", "server", "--", "sh", "-c", both];
    let ran = alice.run(&exec);
    assert_eq!((ran.stdout.as_str(), ran.code), ("out\n", 7));
    assert!(ran.stderr.starts_with("err\n"), "{ran:?}");
    let exec = ["--namespace=demo", "exec", "-i", "server", "--", "cat"];
    assert_eq!(alice.succeed_with(&exec, "from stdin"), "from stdin");
    let exec = ["--namespace=demo", "exec", "-it", "server", "--", "tty"];
    let shown = alice.run_on_terminal(&exec, "").stdout;
    assert!(shown.contains("/dev/pts/"), "{shown}");

    files_are_copied(&alice);
    a_port_is_forwarded(&alice);
    logs_and_attach_follow(&alice);
    deployments_are_real(&demo);

    demo(&["delete", "pod", "server", "ticker"]);
    assert_eq!(demo(&["get", "pods", "--output=name"]), "");
    let audited = audited(&kubernetes, ALICE);
    assert!(
        audited.iter().any(|(verb, ..)| verb == "delete"),
        "{audited:?}"
    );
}

fn files_are_copied(alice: &Kubectl) {
    let sent: Vec<u8> = (0..10_000_000_u32)
        .map(|n| n.to_le_bytes()[n as usize % 4])
        .collect();
    fs::write(alice.directory().join("sent"), &sent).unwrap();
    alice.succeed(&["--namespace=demo", "cp", "sent", "server:kept"]);
    alice.succeed(&["--namespace=demo", "cp", "server:kept", "received"]);
    let received = fs::read(alice.directory().join("received")).unwrap();
    assert!(received == sent, "the file has changed on its way");
}

fn a_port_is_forwarded(alice: &Kubectl) {
    let forward = alice.start(&["--namespace=demo", "port-forward", "pod/server", ":8080"]);
    let line = forward.line("Forwarding from 127.0.0.1:");
    let address = line.split_whitespace().nth(2).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /hello HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("served by me\n"), "{answer}");
}

fn logs_and_attach_follow(alice: &Kubectl) {
    let forever = "i=0; while sleep 0.1; do i=$((i+1)); echo tick $i; done";
    let run = [
        "--namespace=demo",
        "run",
        "ticker",
        "--image=any",
        "--",
        "sh",
        "-c",
        forever,
    ];
    alice.succeed(&run);
    alice.succeed(&[
        "--namespace=demo",
        "wait",
        "--for=condition=Ready",
        "pod/ticker",
    ]);
    let logs = alice.start(&["--namespace=demo", "logs", "--follow", "ticker"]);
    logs.line("tick 5");
    assert!(
        logs.output().contains("tick 1\ntick 2\n"),
        "{}",
        logs.output()
    );
    let attached = alice.start(&["--namespace=demo", "attach", "ticker"]);
    attached.line("tick ");
}

fn deployments_are_real(demo: &dyn Fn(&[&str]) -> String) {
    demo(&["create", "deployment", "web", "--image=any"]);
    demo(&["rollout", "status", "deployment/web"]);
    demo(&["scale", "deployment/web", "--replicas=3"]);
    demo(&["rollout", "status", "deployment/web"]);
    let ready = [
        "get",
        "deployment",
        "web",
        "--output=jsonpath={.status.readyReplicas}",
    ];
    assert_eq!(demo(&ready), "3");
    demo(&["delete", "deployment", "web", "--cascade=foreground"]);
}

#[test]
fn nothing_outlives_the_cluster_not_even_a_killed_one() {
    let Some((stack, mut kubernetes)) = start() else {
        return;
    };
    let alice = kubernetes.direct(&stack.aks_token("alice"));
    alice.succeed_with(&["--namespace=demo", "apply", "--filename=-"], SERVER);
    alice.succeed(&[
        "--namespace=demo",
        "wait",
        "--for=condition=Ready",
        "pod/server",
    ]);
    let directory = kubernetes.directory().display().to_string();
    let processes = || {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        // A container is found by its working directory, other programs by their arguments.
        let texts = processes.map(|process| {
            let working = fs::read_link(process.path().join("cwd")).unwrap_or_default();
            let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
            format!("{} {}", working.display(), String::from_utf8_lossy(&line))
        });
        texts.filter(|text| text.contains(&directory)).count()
    };
    assert!(
        processes() >= 6,
        "the cluster, its four programs and a container"
    );
    kubernetes.kill();
    while processes() > 0 {
        std::thread::yield_now();
    }
}
