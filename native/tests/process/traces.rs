//! Traces of `tunnel` and `sidecar`, as a collector receives them. For `serve` they are tested end to end.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use otlp_sim::{Collector, Span};

use crate::metrics::get;
use crate::program::{Running, manifest, run};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const ANY: [&str; 2] = ["--listen", "127.0.0.1:0"];
/// No load balancer needs to notice the end.
const AT_ONCE: &str = "--drain-seconds=0";
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// The trace id in a client's request.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// A request with everything that no span may contain.
fn request(target: &str, others: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nhost: secret-host\r\nconnection: close\r\n\
         cookie: proxy_session=secret-cookie\r\nuser-agent: secret-agent\r\n\
         traceparent: 00-{TRACE}-{PARENT}-01\r\ntracestate: vendor=secret-state\r\n{others}\r\n"
    )
}

/// The answer to `request`.
fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A component that answers one request and returns its head.
fn component() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answered = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(answer).unwrap();
        String::from_utf8(head).unwrap()
    });
    (url, answered)
}

/// A tunnel in front of the component at `url`.
fn tunnel(url: &str, others: &[(&str, &str)]) -> (Running, File) {
    let settings = [("TUNNEL_TOKEN", TOKEN), ("COMPONENT_URL", url)];
    let arguments = [&["tunnel", AT_ONCE][..], &ANY].concat();
    Running::logging(&arguments, &[&settings[..], others].concat())
}

fn ends(running: Running) {
    let (code, _) = running.signal("TERM");
    assert_eq!(code, Some(0));
}

/// The lines about traces in `log`.
fn about_traces(mut log: File) -> Vec<String> {
    let mut text = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut text).unwrap();
    let lines = text.lines().map(str::to_owned);
    lines
        .filter(|line| line.contains(r#""event":"traces""#))
        .collect()
}

fn attribute<'a>(span: &'a Span, name: &str) -> &'a str {
    span.attributes.get(name).map_or("", String::as_str)
}

#[test]
fn a_request_through_the_tunnel_is_two_spans_and_no_more_of_it_is_told() {
    let collector = Collector::start();
    let (url, component) = component();
    let (tunnel, log) = tunnel(
        &url,
        &[
            (ENDPOINT, &collector.endpoint()),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=the%20key"),
            ("OTEL_RESOURCE_ATTRIBUTES", "k8s.pod.name=tunnel-0"),
        ],
    );
    let target = "/callback?code=secret-code&state=secret-state";
    let bearer = "authorization: Bearer secret-token\r\n";
    let answer = ask(&tunnel.address, &request(target, bearer));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // The last spans are exported at the end.
    ends(tunnel);
    let spans = collector.until(|spans| spans.len() == 2);
    let [call, request] = &spans[..] else {
        panic!("{spans:#?}");
    };
    assert_eq!(
        (request.name.as_str(), request.kind),
        ("GET /...", "SPAN_KIND_SERVER")
    );
    assert_eq!((call.name.as_str(), call.kind), ("GET", "SPAN_KIND_CLIENT"));
    assert_eq!(
        request.parent, "",
        "a stranger says nothing about our traces"
    );
    assert_eq!((&call.parent, &call.trace), (&request.id, &request.trace));
    for span in &spans {
        assert_eq!(attribute(span, "http.response.status_code"), "200");
        let of = |name: &str| span.resource.get(name).unwrap().as_str();
        assert_eq!(of("service.name"), "aks-oauth-proxy-tunnel");
        assert_eq!(of("service.version"), env!("CARGO_PKG_VERSION"));
        assert_eq!(of("k8s.pod.name"), "tunnel-0");
    }
    assert_eq!(attribute(call, "server.address"), "127.0.0.1");

    let head = component.join().unwrap();
    let told = format!("traceparent: 00-{}-{}-01\r\n", call.trace, call.id);
    assert!(head.contains(&told), "{head}");
    assert!(
        !head.contains("tracestate") && !head.contains(TRACE),
        "{head}"
    );

    let exports = collector.exports();
    assert!(
        exports
            .iter()
            .all(|export| export.head.contains("api-key: the key\r\n"))
    );
    for word in [
        "secret",
        "code=",
        "state=",
        "/callback",
        "proxy_session",
        "Bearer",
        TRACE,
        TOKEN,
    ] {
        collector.has_nothing_of(word);
    }
    assert_eq!(about_traces(log), Vec::<String>::new());
}

#[test]
fn the_word_of_a_trusted_proxy_counts_if_that_is_asked_for() {
    let trusted = ("TRUSTED_PROXIES", "127.0.0.1/32");
    let asked = ("OTEL_PROPAGATORS", "tracecontext");
    for (settings, counts) in [
        (&[trusted, asked][..], true),
        (&[trusted][..], false),
        (&[asked][..], false),
    ] {
        let collector = Collector::start();
        let (url, component) = component();
        let endpoint = collector.endpoint();
        let settings = [settings, &[(ENDPOINT, endpoint.as_str())]].concat();
        let (tunnel, _) = tunnel(&url, &settings);
        ask(&tunnel.address, &request("/k8s/api", ""));
        component.join().unwrap();
        ends(tunnel);
        let spans = collector.until(|spans| spans.len() == 2);
        let request = spans.iter().find(|span| span.name == "GET /k8s/...");
        let server = spans.iter().find(|span| span.kind == "SPAN_KIND_SERVER");
        assert!(request.is_some());
        let server = server.unwrap();
        let is_theirs = (server.trace.as_str(), server.parent.as_str()) == (TRACE, PARENT);
        assert_eq!(is_theirs, counts, "{settings:?}");
    }
}

#[test]
fn the_sidecar_believes_who_has_the_bearer() {
    let collector = Collector::start();
    let settings = [
        ("SIDECAR_TOKEN", TOKEN),
        ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
        ("KUBELOGIN_ENABLED", "false"),
        (ENDPOINT, &collector.endpoint()),
    ];
    let arguments = [&["sidecar", AT_ONCE][..], &ANY].concat();
    let sidecar = Running::start(&arguments, &settings);
    let known = request(
        "/v1/federated-token?secret",
        &format!("authorization: Bearer {TOKEN}\r\n"),
    );
    let local = |request: &str| request.replace("secret-host", "127.0.0.1");
    let stranger = request(
        "/v1/federated-token",
        "authorization: Bearer secret-guess\r\n",
    );
    for (request, status) in [(known, 503), (stranger, 401)] {
        let answer = ask(&sidecar.address, &local(&request));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
    }
    ask(&sidecar.address, &local(&request("/livez", "")));
    ends(sidecar);
    let spans = collector.until(|spans| spans.len() == 2);
    let [known, stranger] = &spans[..] else {
        panic!("{spans:#?}");
    };
    for span in &spans {
        assert_eq!(span.name, "GET /v1/federated-token");
        let service = span.resource.get("service.name").unwrap();
        assert_eq!(service, "aks-oauth-proxy-sidecar");
    }
    assert_eq!(
        (known.trace.as_str(), known.parent.as_str()),
        (TRACE, PARENT)
    );
    assert_eq!(attribute(known, "error.type"), "503");
    assert_ne!(stranger.trace, TRACE);
    assert_eq!(attribute(stranger, "error.type"), "");
    for word in ["secret", "Bearer", TOKEN] {
        collector.has_nothing_of(word);
    }
}

/// Requests do not wait, and do not fail.
#[test]
fn a_collector_that_is_away_or_refuses_is_said_once_and_disturbs_nobody() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let away = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let refusing = Collector::answering("401 Unauthorized");
    for (endpoint, said) in [
        (away, "127.0.0.1: "),
        (refusing.endpoint(), "127.0.0.1: answered 401 Unauthorized"),
    ] {
        let settings = [
            (ENDPOINT, endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1"),
        ];
        let (tunnel, log) = tunnel("http://127.0.0.1:1", &settings);
        for _ in 0..3 {
            let answer = ask(&tunnel.address, &request("/whoami", ""));
            assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        }
        ends(tunnel);
        let lines = about_traces(log);
        let [line] = &lines[..] else {
            panic!("{lines:?}");
        };
        assert!(
            line.contains(r#""outcome":"away""#) && line.contains(said),
            "{line}"
        );
    }
}

#[test]
fn a_collector_that_never_answers_does_not_keep_the_process() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let settings = [
        (ENDPOINT, endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "3600000"),
    ];
    let (tunnel, _) = tunnel("http://127.0.0.1:1", &settings);
    let answer = ask(&tunnel.address, &request("/whoami", ""));
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    ends(tunnel);
}

/// One span is being exported, and one waits for it.
#[test]
fn spans_for_which_there_is_no_place_are_counted() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let common = [
        (ENDPOINT, endpoint.as_str()),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "1"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1"),
    ];
    let tunnel = [
        ("TUNNEL_TOKEN", TOKEN),
        ("COMPONENT_URL", "http://127.0.0.1:1"),
    ];
    let sidecar = [
        ("SIDECAR_TOKEN", TOKEN),
        ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
        ("KUBELOGIN_ENABLED", "false"),
    ];
    for (command, settings) in [("tunnel", &tunnel[..]), ("sidecar", &sidecar)] {
        let metrics = ["--metrics-listen", "127.0.0.1:0"];
        let arguments = [&[command, AT_ONCE][..], &ANY, &metrics].concat();
        let mut running = Running::start(&arguments, &[settings, &common].concat());
        let metrics = running.metrics();
        for _ in 0..4 {
            get(&running.address, "/v1/federated-token");
        }
        let text = get(&metrics, "/metrics");
        let of = |result: &str| {
            let name = format!("aks_oauth_proxy_spans_total{{result=\"{result}\"}} ");
            let line = text.lines().find_map(|line| line.strip_prefix(&name));
            line.unwrap().parse::<u32>().unwrap()
        };
        assert!(of("dropped") > 0, "{text}");
        assert_eq!((of("sent"), of("failed")), (0, 0));
    }
}

#[test]
fn nothing_is_sent_where_it_is_turned_off() {
    let collector = Collector::start();
    let endpoint = collector.endpoint();
    for off in [
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
    ] {
        let (url, component) = component();
        let (tunnel, _) = tunnel(&url, &[(ENDPOINT, &endpoint), off]);
        ask(&tunnel.address, &request("/whoami", ""));
        component.join().unwrap();
        ends(tunnel);
    }
    assert!(collector.exports().is_empty());
}

/// Arguments and settings.
type Run<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);

#[test]
fn all_that_is_wrong_is_said_at_once_and_no_key_is_repeated() {
    let wrong = [
        (ENDPOINT, "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "secret-key"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
    ];
    let path = manifest();
    let serve = ["serve", "--manifest", path.to_str().unwrap()];
    let programs: [Run<'_>; 3] = [
        (
            &serve,
            &[
                ("TENANT_ID", "11111111-2222-3333-4444-555555555555"),
                ("CLIENT_ID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
                ("REDIRECT_URI", "https://aks.example.com/callback"),
                ("SESSION_SECRET", TOKEN),
                ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
            ],
        ),
        (
            &["tunnel"],
            &[
                ("TUNNEL_TOKEN", TOKEN),
                ("COMPONENT_URL", "http://127.0.0.1:1"),
            ],
        ),
        (
            &["sidecar"],
            &[
                ("SIDECAR_TOKEN", TOKEN),
                ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
                ("KUBELOGIN_ENABLED", "false"),
            ],
        ),
    ];
    for (arguments, settings) in programs {
        let ended = run(&[arguments, &ANY].concat(), &[settings, &wrong].concat());
        assert!(!ended.stderr.contains("secret-key"), "{}", ended.stderr);
        let problems = ended.problems();
        assert_eq!(problems.len(), 2, "{problems:?}");
        for (name, _) in &wrong[1..] {
            let is_named = |problem: &&str| problem.starts_with(&format!("{name} "));
            assert!(problems.iter().any(is_named), "{name}: {problems:?}");
        }
    }
}

#[test]
fn a_certificate_that_is_not_there_is_said() {
    let settings = [
        ("TUNNEL_TOKEN", TOKEN),
        ("COMPONENT_URL", "http://127.0.0.1:1"),
        (ENDPOINT, "https://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/ca.crt"),
    ];
    let ended = run(&[&["tunnel"][..], &ANY].concat(), &settings);
    assert_eq!(ended.code, Some(64));
    let reason = ended.reason();
    assert!(
        reason.starts_with("OTEL_EXPORTER_OTLP_CERTIFICATE (/nowhere/ca.crt): "),
        "{reason}"
    );
}
