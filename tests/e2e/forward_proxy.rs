//! Behind a forward proxy (`HTTPS_PROXY`, `NO_PROXY`): a real one, which is the only way to Entra.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use e2e::{Builder, ForwardProxy, Redis, Sidecar, Stack, binary, free_port, kubelogin, workspace};

use crate::outages::away;

/// A host name that only the proxy resolves.
const LOGIN: &str = "login.proxied.test";
/// An address of this machine that is not loopback: clients with a proxy call it through the proxy.
const ANY: &str = "0.0.0.0";

/// A stack whose Entra is at `host`.
fn stack(host: &str, settings: &[(&str, &str)]) -> Stack {
    let mut builder = Builder::default().entra_at(host);
    for (name, value) in settings {
        builder = builder.setting(name, value);
    }
    builder.start()
}

/// Host and port of the stack's Entra.
fn entra(stack: &Stack) -> String {
    let origin = stack.entra["https"].as_str().unwrap();
    origin.trim_start_matches("https://").to_owned()
}

#[test]
fn alice_signs_in_by_way_of_the_proxy_and_only_entra_is_reached_by_it() {
    let proxy = ForwardProxy::start(&[LOGIN], "BasicAuth user pass-word");
    let stack = stack(LOGIN, &[("HTTPS_PROXY", &proxy.url_as("user:pass-word"))]);
    let mut alice = stack.signed_in("alice");
    let whoami = alice.get("/whoami");
    assert_eq!(whoami.status, 200, "{whoami:?}");
    let tunnels = proxy.tunnels();
    assert!(!tunnels.is_empty());
    // The sidecar was called as well, and no internal call used the proxy.
    assert!(
        tunnels.iter().all(|target| *target == entra(&stack)),
        "{tunnels:?}"
    );
    assert!(!stack.proxy.output().contains("pass-word"));
}

#[test]
fn tunnels_are_kept_open_for_the_next_call() {
    let proxy = ForwardProxy::knowing(&[LOGIN]);
    let stack = stack(LOGIN, &[("https_proxy", &proxy.url())]);
    stack.signed_in("alice");
    let first = proxy.tunnels().len();
    stack.signed_in("alice");
    assert_eq!(proxy.tunnels().len(), first, "no new tunnel");
}

/// Entra's address can be reached either way, and the proxy's log shows which was used.
#[test]
fn no_proxy_decides_by_network_address_and_port() {
    let proxy = ForwardProxy::knowing(&[]);
    let stack = stack(ANY, &[("HTTPS_PROXY", &proxy.url())]);
    let at_its_port = entra(&stack);
    for (no_proxy, direct) in [
        ("", false),
        ("10.0.0.0/8", false),
        ("0.0.0.0:1", false),
        (LOGIN, false),
        ("10.0.0.0/8, 0.0.0.0/8", true),
        ("0.0.0.0", true),
        (at_its_port.as_str(), true),
        ("*", true),
    ] {
        let before = proxy.tunnels().len();
        let replica = stack.replica_with(&[("NO_PROXY", no_proxy)]);
        let mut browser = replica.browser(&stack.browser());
        let callback = stack.begin(&mut browser, "alice", "/whoami");
        assert_eq!(browser.get(&callback).status, 302, "{no_proxy}");
        assert_eq!(proxy.tunnels().len() == before, direct, "{no_proxy}");
    }
}

/// Only the proxy resolves the name: direct calls fail.
#[test]
fn no_proxy_decides_by_suffix() {
    let proxy = ForwardProxy::knowing(&[LOGIN]);
    let stack = stack(LOGIN, &[("HTTPS_PROXY", &proxy.url())]);
    let replica = stack.replica_with(&[("no_proxy", ".proxied.test")]);
    let mut browser = replica.browser(&stack.browser());
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    away(&browser.get(&callback), "entra-unavailable");
    assert_eq!(proxy.tunnels(), [""; 0]);
}

/// Redis does not know the user. The test is only about the token and its way.
#[test]
fn tokens_for_redis_are_got_by_way_of_the_proxy() {
    let (proxy, redis) = (ForwardProxy::knowing(&[]), Redis::start());
    let stack = Builder::default().entra_at(ANY).redis(&redis).start();
    let authority = stack.entra["ca_file"].as_str().unwrap();
    for (no_proxy, direct) in [("", false), (ANY, true)] {
        let before = proxy.tunnels().len();
        let replica = stack.replica_with(&[
            ("REDIS_ENTRA", "true"),
            ("SSL_CERT_FILE", authority),
            ("HTTPS_PROXY", &proxy.url()),
            ("NO_PROXY", no_proxy),
        ]);
        replica.process.line_with(&["redis_token", "ok"]);
        let tunnels = proxy.tunnels();
        assert_eq!(tunnels.len() == before, direct, "{no_proxy}");
        assert!(tunnels.iter().all(|target| *target == entra(&stack)));
    }
}

#[test]
fn the_api_server_is_reached_by_it_only_if_that_is_asked_for() {
    let proxy = ForwardProxy::knowing(&[LOGIN, "api.proxied.test"]);
    let api = format!("api.proxied.test:{}", free_port());
    for (asked_for, by_proxy) in [("false", false), ("true", true)] {
        let stack = stack(
            LOGIN,
            &[
                ("HTTPS_PROXY", &proxy.url()),
                ("KUBERNETES_API_URL", &format!("https://{api}")),
                ("KUBERNETES_VIA_PROXY", asked_for),
            ],
        );
        let mut alice = stack.signed_in("alice");
        let kubeconfig = alice.send("POST", "/kubeconfig", &[], "name=test");
        let mut lines = kubeconfig.body.lines().rev();
        let token = lines.find_map(|line| line.trim().strip_prefix("token: "));
        let token: String = serde_json::from_str(token.unwrap()).unwrap();
        let mut kubectl = stack.browser();
        kubectl
            .headers
            .push(("authorization".to_owned(), format!("Bearer {token}")));
        let answer = kubectl.get("/k8s/version");
        assert!(answer.status >= 500, "nobody listens there: {answer:?}");
        assert_eq!(proxy.tunnels().contains(&api), by_proxy);
    }
}

/// Proxies that lead nowhere: Entra is unavailable, and the log says why.
#[test]
fn a_proxy_that_leads_nowhere_is_named_in_the_log() {
    let locked = ForwardProxy::start(&[LOGIN], "BasicAuth user pass-word");
    let choosy = ForwardProxy::start(&[LOGIN], "ConnectPort 1");
    let ignorant = ForwardProxy::knowing(&[]);
    let odd = nonsense();
    let away_at = format!("127.0.0.1:{}", free_port());
    let stack = stack(LOGIN, &[("HTTPS_PROXY", &locked.url_as("user:wrong-one"))]);
    for (proxy, address, said) in [
        (locked.url(), locked.address(), "407"),
        // tinyproxy's answer to a wrong password.
        (locked.url_as("user:wrong-one"), locked.address(), "401"),
        (choosy.url(), choosy.address(), "403"),
        (ignorant.url(), ignorant.address(), "500"),
        (
            format!("http://{odd}"),
            odd,
            "does not answer as a proxy does",
        ),
        (
            format!("http://user:wrong-one@{away_at}"),
            away_at,
            "cannot be reached",
        ),
    ] {
        let replica = stack.replica_with(&[("HTTPS_PROXY", &proxy)]);
        let mut browser = replica.browser(&stack.browser());
        let callback = stack.begin(&mut browser, "alice", "/whoami");
        let answer = browser.get(&callback);
        away(&answer, "entra-unavailable");
        assert!(!answer.body.contains(&address), "{answer:?}");
        assert!(
            !answer.clears("proxy_session_attempt_"),
            "the attempt is kept"
        );
        let line = replica.process.line_with(&["\"proxy\"", &address]);
        assert!(line.contains(said), "{line}");
        let output = replica.process.output();
        assert!(!output.contains("wrong-one"), "{output}");
    }
}

/// A listener that is no proxy. It ends with the test's process.
fn nonsense() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // A client that goes away early does no harm.
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
        }
    });
    address
}

#[test]
fn kubelogin_reaches_entra_by_the_proxy() {
    let Some(kubelogin) = kubelogin() else {
        return;
    };
    let proxy = ForwardProxy::knowing(&[LOGIN]);
    let stack = stack(LOGIN, &[("HTTPS_PROXY", &proxy.url())]);
    assert_eq!(proxy.tunnels(), [""; 0]);
    let settings = [("HTTPS_PROXY", proxy.url())];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let sidecar = Sidecar::start(&stack, &kubelogin, &settings);
    let path = sidecar.start_job("an-owner-of-43-characters-in-base64url-xxxx");
    let job = sidecar.once(&path, "pending");
    stack.enter(job["user_code"].as_str().unwrap(), "carol", true);
    sidecar.once(&path, "succeeded");
    let tunnels = proxy.tunnels();
    assert!(!tunnels.is_empty());
    assert!(
        tunnels.iter().all(|target| *target == entra(&stack)),
        "{tunnels:?}"
    );
}

#[test]
fn a_variable_that_cannot_be_understood_is_a_wrong_setting() {
    for command in ["serve", "sidecar", "tunnel"] {
        let output = Command::new(binary("aks-oauth-proxy"))
            .current_dir(workspace())
            .env_clear()
            .args([command, "--listen", "127.0.0.1:0"])
            .env(
                "HTTPS_PROXY",
                "socks5://user:secret-word@proxy.example:1080",
            )
            .env("http_proxy", "http://user:secret-word@proxy.example:http")
            .env("NO_PROXY", "10.0.0.0/33")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{command}: {text}");
        for part in [
            "HTTPS_PROXY names a proxy that speaks neither http nor https, such as SOCKS (example: ",
            "http_proxy is no address of a proxy",
            "NO_PROXY has the entry `10.0.0.0/33`, which is no host",
        ] {
            assert!(text.contains(part), "{command}: {part}: {text}");
        }
        assert!(!text.contains("secret-word"), "{command}: {text}");
    }
}
