//! Ten megabytes in each direction through the proxy, by exec, cp and port-forward, over WebSocket and over
//! SPDY, arrive unchanged.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

use e2e::{Kubectl, Process, Proxied};

const LENGTH: usize = 10_000_000;
/// The number of connections of `all_ways`: three for exec, two for cp to the pod (which first checks for a
/// directory), one for cp back, and one for the forwarded port.
const WAYS: usize = 7;
/// A part of each one's line.
const OPENED: &str = "\"outcome\":\"opened\"";

/// Echoes all bytes from a client, and ends after the client.
const ECHO: &str = "
import os, socket
listener = socket.create_server((os.environ['POD_IP'], 8080))
print('ready', flush=True)
while True:
    client, _ = listener.accept()
    while piece := client.recv(65536):
        client.sendall(piece)
    client.close()
";

/// A pod with that server.
fn pod() -> String {
    serde_json::json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "echo" },
        "spec": { "containers": [{
            "name": "main", "image": "any", "command": ["python3", "-c", ECHO],
            "env": [{ "name": "POD_IP",
                "valueFrom": { "fieldRef": { "fieldPath": "status.podIP" } } }],
        }] },
    })
    .to_string()
}

#[test]
fn ten_megabytes_arrive_as_they_were_sent() {
    let Some(proxied) = Proxied::start() else {
        return;
    };
    let alice = proxied.kubectl_of("alice");
    alice.succeed_with(&["--namespace=demo", "apply", "--filename=-"], &pod());
    let wait = ["wait", "--for=condition=Ready", "pod/echo"];
    alice.succeed(&[&["--namespace=demo"], &wait[..]].concat());
    let logs = alice.start(&["--namespace=demo", "logs", "--follow", "echo"]);
    logs.line("ready");

    let process = &proxied.proxy.process;
    all_ways(&alice);
    process.lines(OPENED, WAYS);
    let opened = opened(process);
    // A WebSocket begins with a GET, for which the API server checks `get`.
    assert!(opened.iter().all(|verb| verb == "get"), "{opened:?}");
    let count = opened.len();
    assert_eq!(count, WAYS);
    all_ways(&proxied.kubectl_of("alice").over_spdy());
    process.lines(OPENED, 2 * WAYS);
    let opened = opened_after(process, count);
    assert!(opened.iter().all(|verb| verb == "create"), "{opened:?}");
    assert_eq!(opened.len(), count);
}

/// The verbs of connections that were opened through the tunnel.
fn opened(proxy: &Process) -> Vec<String> {
    opened_after(proxy, 0)
}

fn opened_after(proxy: &Process, count: usize) -> Vec<String> {
    let output = proxy.output();
    let lines = output
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    lines
        .filter(|line| line["event"] == "kubernetes" && line["outcome"] == "opened")
        .map(|line| line["verb"].as_str().unwrap().to_owned())
        .skip(count)
        .collect()
}

fn all_ways(alice: &Kubectl) {
    let mut sent = Vec::with_capacity(LENGTH);
    let random = File::open("/dev/urandom").unwrap();
    random.take(LENGTH as u64).read_to_end(&mut sent).unwrap();
    fs::write(alice.directory().join("sent"), &sent).unwrap();
    let arrived = |name: &str| {
        let received = fs::read(alice.directory().join(name)).unwrap();
        assert_eq!(received.len(), sent.len(), "{name}");
        assert!(received == sent, "{name} has changed on its way");
    };

    let exec = ["--namespace=demo", "exec", "--stdin", "echo", "--"];
    let write = [&exec[..], &["sh", "-c", "cat > written; wc -c < written"]].concat();
    alice.succeed_on_files(&write, "sent", "length");
    let length = fs::read_to_string(alice.directory().join("length")).unwrap();
    assert_eq!(length.trim(), LENGTH.to_string());
    let read = ["--namespace=demo", "exec", "echo", "--", "cat", "written"];
    alice.succeed_on_files(&read, "length", "read");
    arrived("read");
    alice.succeed_on_files(&[&exec[..], &["cat"]].concat(), "sent", "echoed");
    arrived("echoed");

    alice.succeed(&["--namespace=demo", "cp", "sent", "echo:copied"]);
    alice.succeed(&["--namespace=demo", "cp", "echo:copied", "returned"]);
    arrived("returned");

    let forward = alice.start(&["--namespace=demo", "port-forward", "pod/echo", ":8080"]);
    let line = forward.line("Forwarding from 127.0.0.1:");
    let stream = TcpStream::connect(line.split_whitespace().nth(2).unwrap()).unwrap();
    assert!(echoed(stream, &sent) == sent, "changed on its way");
}

/// The echo of `sent`: all of it and nothing more.
fn echoed(mut stream: TcpStream, sent: &[u8]) -> Vec<u8> {
    let mut writer = stream.try_clone().unwrap();
    let mut received = Vec::with_capacity(sent.len());
    thread::scope(|scope| {
        scope.spawn(move || {
            writer.write_all(sent).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        stream.read_to_end(&mut received).unwrap();
    });
    received
}
