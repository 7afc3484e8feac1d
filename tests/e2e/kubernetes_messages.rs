//! kubectl's messages when something is wrong.

use std::net::TcpStream;

use e2e::{Kubectl, Proxied};

const EXEC: [&str; 5] = ["--namespace=demo", "exec", "idle", "--", "sh"];

fn with_a_pod(kubectl: &Kubectl) {
    kubectl.succeed(&["--namespace=demo", "run", "idle", "--image=any"]);
    let wait = ["wait", "--for=condition=Ready", "pod/idle"];
    kubectl.succeed(&[&["--namespace=demo"], &wait[..]].concat());
}

/// Asserts that each of kubectl's messages contains `part`.
fn all_say(alice: &Kubectl, part: &str) {
    for command in [
        &["get", "pods", "--namespace=demo"][..],
        &["get", "pods", "--namespace=demo", "--watch"],
        &["logs", "idle", "--namespace=demo", "--follow"],
        &["create", "configmap", "it", "--namespace=demo"],
        &[&EXEC[..], &["-c", "true"]].concat(),
        &["port-forward", "pod/idle", ":8080", "--namespace=demo"],
    ] {
        let said = alice.fail(command);
        assert!(said.contains(part), "kubectl {command:?}: {said}");
    }
}

#[test]
fn kubectl_says_what_is_in_the_way() {
    let Some(mut proxied) = Proxied::with(Default::default(), &[("KUBERNETES_MAX_STREAMS", "1")])
    else {
        return;
    };
    let mut browser = proxied.stack.signed_in("alice");
    let leaving = proxied.kubectl(&mut browser);
    with_a_pod(&proxied.kubernetes.administrator());
    // kubectl caches its discovery: without that it prints another message.
    leaving.succeed(&["--namespace=demo", "get", "pods"]);
    let staying = proxied.kubectl_of("alice");
    too_many_streams(&proxied, &staying);
    no_tunnel(&proxied);

    assert!(browser.send("POST", "/logout", &[], "").status < 400);
    let login = format!(
        "your session has ended: open {}/login and download a new kubeconfig",
        proxied.proxy.origin()
    );
    all_say(&leaving, &login);

    let address = proxied
        .kubernetes
        .url()
        .trim_start_matches("https://")
        .to_owned();
    proxied.kubernetes.kill();
    while TcpStream::connect(&address).is_ok() {}
    all_say(&staying, "the API server cannot be reached from this proxy");
}

/// The only place is taken: exec gets an error, and a watch waits until it is free.
fn too_many_streams(proxied: &Proxied, alice: &Kubectl) {
    let script = "echo begun; while [ ! -e go ]; do sleep 0.1; done; echo over";
    let mut first = alice.start(&[&EXEC[..], &["-c", script]].concat());
    first.line("begun");
    let said = alice.fail(&[&EXEC[..], &["-c", "true"]].concat());
    assert!(said.contains("you have 1 watches"), "{said}");
    let watch = alice.start(&[
        "--namespace=demo",
        "get",
        "pods",
        "--watch-only",
        "--output=name",
    ]);
    proxied
        .proxy
        .process
        .line_with(&["\"verb\":\"watch\"", "\"status\":429"]);
    let administrator = proxied.kubernetes.administrator();
    administrator.succeed(&[&EXEC[..], &["-c", "touch go"]].concat());
    first.line("over");
    assert_eq!(first.wait().code(), Some(0));
    proxied
        .proxy
        .process
        .line_with(&["\"outcome\":\"ok\"", "\"subresource\":\"exec\""]);
    administrator.succeed(&["--namespace=demo", "label", "pod", "idle", "seen=yes"]);
    watch.line("pod/idle");
}

/// An upgrade that reaches the component without a tunnel.
fn no_tunnel(proxied: &Proxied) {
    let authorization = format!("Bearer {}", proxied.bearer_of("alice"));
    let headers = [
        ("authorization", authorization.as_str()),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let path = "/k8s/api/v1/namespaces/demo/pods/idle/exec?command=true&stdout=true";
    let answer = proxied.stack.browser().send("GET", path, &headers, "");
    let status = answer.json();
    assert_eq!(
        (answer.status, &status["kind"]),
        (501, &"Status".into()),
        "{status}"
    );
    let message = status["message"].as_str().unwrap();
    assert!(
        message.contains("need the tunnel of this proxy"),
        "{status}"
    );
}
