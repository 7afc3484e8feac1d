//! `--metrics-listen` of `sidecar` and `tunnel`. For `serve` it is tested end to end.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::program::{Running, run};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const TUNNEL: [(&str, &str); 2] = [
    ("TUNNEL_TOKEN", TOKEN),
    ("COMPONENT_URL", "http://127.0.0.1:1"),
];
const SIDECAR: [(&str, &str); 3] = [
    ("SIDECAR_TOKEN", TOKEN),
    ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
    ("KUBELOGIN_ENABLED", "false"),
];
const ANY: [&str; 2] = ["--listen", "127.0.0.1:0"];
const METRICS: [&str; 2] = ["--metrics-listen", "127.0.0.1:0"];

/// The answer to a GET, with its head.
pub(crate) fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn start(command: &str, settings: &[(&str, &str)]) -> (Running, String) {
    let arguments = [&[command][..], &ANY, &METRICS].concat();
    let mut running = Running::start(&arguments, settings);
    let metrics = running.metrics();
    (running, metrics)
}

#[test]
fn each_process_tells_of_itself_at_a_port_of_its_own() {
    for (command, settings) in [("tunnel", &TUNNEL[..]), ("sidecar", &SIDECAR)] {
        let (running, metrics) = start(command, settings);
        assert_ne!(running.address, metrics);
        get(&running.address, "/somewhere");
        let text = get(&metrics, "/metrics");
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        let version = env!("CARGO_PKG_VERSION");
        let build =
            format!(r#"aks_oauth_proxy_build_info{{command="{command}",version="{version}"}} 1"#);
        for line in [
            build.as_str(),
            "aks_oauth_proxy_connections_accepted_total 1",
            "aks_oauth_proxy_connections_limit 4000",
            "# TYPE process_cpu_seconds_total counter",
        ] {
            assert!(text.lines().any(|have| have == line), "{line}: {text}");
        }
        assert!(get(&metrics, "/healthz").starts_with("HTTP/1.1 404"));
        let public = get(&running.address, "/metrics");
        assert!(!public.contains("aks_oauth_proxy_"), "{public}");
    }
}

#[test]
fn what_each_does_is_there() {
    let (tunnel, metrics) = start("tunnel", &TUNNEL);
    get(&tunnel.address, "/whoami");
    let text = get(&metrics, "/metrics");
    let line = r#"aks_oauth_proxy_tunnel_forwarded_total{status="5xx"} 1"#;
    assert!(text.lines().any(|have| have == line), "{text}");
    let (sidecar, metrics) = start("sidecar", &SIDECAR);
    get(&sidecar.address, "/v1/federated-token");
    let text = get(&metrics, "/metrics");
    let line = r#"aks_oauth_proxy_sidecar_refused_total{reason="unauthorized"} 1"#;
    assert!(text.lines().any(|have| have == line), "{text}");
}

#[test]
fn a_port_that_is_taken_is_said_before_anything_is_served() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (command, settings) in [("tunnel", &TUNNEL[..]), ("sidecar", &SIDECAR)] {
        let metrics = ["--metrics-listen", &address];
        let ended = run(&[&[command][..], &ANY, &metrics].concat(), settings);
        assert_eq!(ended.code, Some(70));
        let reason = ended.reason();
        assert!(
            reason.starts_with(&format!("cannot listen on {address} (--metrics-listen): ")),
            "{reason}"
        );
    }
}

#[test]
fn an_address_that_is_none_is_a_wrong_command_line() {
    let ended = run(&["tunnel", "--metrics-listen", "9090"], &TUNNEL);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended.stderr.contains("--metrics-listen"),
        "{}",
        ended.stderr
    );
}
