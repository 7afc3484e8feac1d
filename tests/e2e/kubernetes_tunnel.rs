//! `aks-oauth-proxy tunnel` in front of a component over plain http, as on SpinKube.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;

use e2e::{Kubectl, Proxied};

#[test]
fn kubectl_needs_nothing_but_the_tunnel_in_front_of_the_component() {
    let Some(proxied) = Proxied::behind_a_tunnel() else {
        return;
    };
    let alice = proxied.kubectl_of("alice");
    let namespaces = alice.succeed(&["get", "namespaces", "--output=name"]);
    assert!(namespaces.contains("namespace/demo"), "{namespaces}");
    with_a_server(&alice);
    for alice in [
        proxied.kubectl_of("alice"),
        proxied.kubectl_of("alice").over_spdy(),
    ] {
        upgraded(&alice);
    }
    let component = proxied.component.as_ref().unwrap();
    let line = component.process.line("\"subresource\":\"exec\"");
    assert!(line.contains("\"route\":\"tunnel\""), "{line}");
    nobody_sees_anothers_answer(&proxied);
}

fn with_a_server(alice: &Kubectl) {
    let program = "echo served by me > hello; exec python3 -m http.server 8080 --bind $POD_IP";
    let pod = serde_json::json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "server" },
        "spec": { "containers": [{
            "name": "main", "image": "any", "command": ["sh", "-c", program],
            "env": [
                { "name": "PYTHONUNBUFFERED", "value": "1" },
                { "name": "POD_IP", "valueFrom": { "fieldRef": { "fieldPath": "status.podIP" } } },
            ],
        }] },
    });
    alice.succeed_with(
        &["--namespace=demo", "apply", "--filename=-"],
        &pod.to_string(),
    );
    let wait = ["wait", "--for=condition=Ready", "pod/server"];
    alice.succeed(&[&["--namespace=demo"], &wait[..]].concat());
    let logs = alice.start(&["--namespace=demo", "logs", "--follow", "server"]);
    logs.line("Serving HTTP");
}

fn upgraded(alice: &Kubectl) {
    let exec = ["--namespace=demo", "exec", "--stdin", "server", "--"];
    let script = "cat; echo err >&2; exit 7";
    let ran = alice.run_with(&[&exec[..], &["sh", "-c", script]].concat(), "from stdin");
    assert_eq!(
        (ran.stdout.as_str(), ran.code),
        ("from stdin", 7),
        "{ran:?}"
    );
    assert!(ran.stderr.starts_with("err\n"), "{ran:?}");
    let forward = alice.start(&["--namespace=demo", "port-forward", "pod/server", ":8080"]);
    let line = forward.line("Forwarding from 127.0.0.1:");
    let mut stream = TcpStream::connect(line.split_whitespace().nth(2).unwrap()).unwrap();
    stream.write_all(b"GET /hello HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("served by me\n"), "{answer}");
}

/// Many requests of two users at once over kept connections to the API server.
fn nobody_sees_anothers_answer(proxied: &Proxied) {
    const REQUESTS: usize = 40;
    let address = proxied.component.as_ref().unwrap().origin();
    thread::scope(|scope| {
        for user in ["alice", "bob", "alice", "bob", "alice", "bob"] {
            let bearer = proxied.bearer_of(user);
            let mut client = proxied.stack.browser_at(address);
            scope.spawn(move || {
                let authorization = format!("Bearer {bearer}");
                let headers = [("authorization", authorization.as_str())];
                for _ in 0..REQUESTS {
                    // Neither user may, and the API server's answer names the right one.
                    let pods = "/k8s/api/v1/namespaces/kube-system/pods";
                    let answer = client.send("GET", pods, &headers, "");
                    let named = format!("User \\\"{user}@contoso.example\\\" cannot list");
                    assert!(answer.body.contains(&named), "{user}: {answer:?}");
                }
            });
        }
    });
}
