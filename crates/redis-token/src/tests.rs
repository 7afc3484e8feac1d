//! Against entra-sim.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]

use std::fs;
use std::future::ready;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use egress::Proxies;
use entra_sim::{Options, Simulator};
use http::Uri;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::keep::{pause_after, renewal};
use crate::post::{post, send};
use crate::{Endpoint, Token, keep};

const TENANT: &str = "7e9a7000-0000-4000-8000-000000000001";
const CLIENT: &str = "c11e0000-0000-4000-8000-000000000001";
const SCOPE: &str = "https://redis.azure.com/.default";

/// An Entra whose name only a proxy knows.
const NAMED: &str = "https://login.proxied.test";

/// An Entra of this test.
struct Entra {
    facts: Value,
    server: JoinHandle<()>,
    _directory: TempDir,
}

impl Entra {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let simulator = Simulator::new(Options {
            directory: directory.path().to_owned(),
            host: "localhost".to_owned(),
            tenant_id: TENANT.to_owned(),
            client_id: CLIENT.to_owned(),
            redirect_uris: Vec::new(),
            front_channel_logout_uri: None,
            auto_sign_in: None,
            access_token_lifetime: 3600,
        });
        let simulator = simulator.unwrap();
        let http = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let https = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let facts = simulator.describe(&http, &https).unwrap();
        let server = tokio::spawn(async move {
            let never = std::future::pending();
            simulator.serve(http, https, never).await.unwrap();
        });
        Self {
            facts,
            server,
            _directory: directory,
        }
    }

    fn text(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap()
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.text("http"), TENANT, CLIENT, SCOPE, Proxies::default()).unwrap()
    }

    fn assertion(&self) -> String {
        fs::read_to_string(self.text("federated_token_file")).unwrap()
    }

    /// Tells it something.
    async fn control(&self, what: &str, body: &Value) {
        let address: Uri = format!("{}/_sim/{what}", self.text("http"))
            .parse()
            .unwrap();
        let straight = Proxies::default();
        let sent = send(&address, &straight, "application/json", body.to_string());
        let answer = sent.await;
        assert_eq!(answer.unwrap().status, 204);
    }
}

impl Drop for Entra {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn refused(entra: &Entra, assertion: &str) -> String {
    match entra.endpoint().ask(assertion).await {
        Ok(_) => panic!("a token"),
        Err(failed) => failed.reason,
    }
}

#[tokio::test]
async fn a_token_is_the_applications_own() {
    let entra = Entra::start().await;
    let token = entra.endpoint().ask(&entra.assertion()).await.unwrap();
    assert_eq!(
        token.object_id().as_deref(),
        Some(entra.text("service_principal"))
    );
    assert_eq!(token.lifetime(), Duration::from_secs(3600));
    assert_eq!(token.reveal().split('.').count(), 3);
}

#[tokio::test]
async fn a_refusal_says_its_code_and_nothing_that_was_sent() {
    let entra = Entra::start().await;
    entra
        .control("federated-token", &json!({ "sub": "somebody-else" }))
        .await;
    let assertion = entra.assertion();
    let reason = refused(&entra, &assertion).await;
    assert!(reason.contains("invalid_client AADSTS700213"), "{reason}");
    assert!(!reason.contains(&assertion) && !reason.contains("somebody"));
    let reason = refused(&entra, "no token").await;
    assert!(reason.contains("AADSTS50027"), "{reason}");
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_no_token() {
    let entra = Entra::start().await;
    for (fault, said) in [
        (json!({ "at": "token", "kind": "close" }), "127.0.0.1"),
        (json!({ "at": "token", "kind": "endless" }), "127.0.0.1"),
        (
            json!({ "at": "token", "kind": "status", "status": 500, "body": "<html>" }),
            "500",
        ),
        (
            json!({ "at": "token", "kind": "status", "status": 200, "body": "{}" }),
            "no token",
        ),
    ] {
        entra.control("faults", &fault).await;
        let reason = refused(&entra, &entra.assertion()).await;
        assert!(reason.contains(said), "{fault}: {reason}");
        entra.control("reset", &json!({})).await;
    }
    let throttled = json!({
        "at": "token", "kind": "status", "status": 429, "headers": { "retry-after": "77" },
    });
    entra.control("faults", &throttled).await;
    let failed = entra
        .endpoint()
        .ask(&entra.assertion())
        .await
        .err()
        .unwrap();
    assert_eq!(failed.retry_after, Some(Duration::from_secs(77)));
}

/// entra-sim's authority is nobody's but its own.
#[tokio::test]
async fn an_authority_that_is_not_trusted_gets_nothing() {
    let entra = Entra::start().await;
    let endpoint = Endpoint::new(
        entra.text("https"),
        TENANT,
        CLIENT,
        SCOPE,
        Proxies::default(),
    )
    .unwrap();
    let reason = endpoint.ask("secret").await.err().unwrap().reason;
    assert!(reason.contains("certificate"), "{reason}");
}

#[tokio::test]
async fn tokens_are_renewed_before_they_end_and_a_failure_is_no_end() {
    let entra = Entra::start().await;
    let life = Duration::from_secs(5);
    let short = json!({ "expires_in": life.as_secs(), "times": 0 });
    entra.control("application-token", &short).await;
    let away = json!({ "at": "token", "kind": "status", "status": 503 });
    entra.control("faults", &away).await;
    let (sender, mut tokens) = mpsc::unbounded_channel();
    let file = PathBuf::from(entra.text("federated_token_file"));
    let read = move || ready(fs::read_to_string(&file).map_err(|error| error.to_string()));
    let take = move |token: &Token| drop(sender.send((Instant::now(), token.reveal().to_owned())));
    let keeping = tokio::spawn(keep(entra.endpoint(), read, take));
    let (first, second) = (tokens.recv().await.unwrap(), tokens.recv().await.unwrap());
    keeping.abort();
    assert_ne!(first.1, second.1);
    let passed = second.0 - first.0;
    assert!(passed < life, "{passed:?}");
}

#[test]
fn a_token_is_renewed_after_about_three_quarters_of_its_life() {
    let hour = Duration::from_secs(3600);
    assert_eq!(renewal(hour, 0).as_secs(), 2520);
    assert_eq!(renewal(hour, 255).as_secs(), 2880);
}

/// Nobody is asked without a pause, and nobody for the last time.
#[test]
fn an_answer_does_not_decide_alone_when_the_next_one_comes() {
    let seconds = Duration::from_secs;
    assert_eq!(renewal(Duration::ZERO, 0), seconds(1));
    for (asked_for, pause) in [
        (None, 4),
        (Some(3), 4),
        (Some(77), 77),
        (Some(u64::MAX), 3600),
    ] {
        assert_eq!(
            pause_after(asked_for.map(seconds), seconds(4)),
            seconds(pause)
        );
    }
}

#[test]
fn what_is_no_address_is_no_endpoint() {
    assert!(Endpoint::new("not an origin", TENANT, CLIENT, SCOPE, Proxies::default()).is_none());
}

#[tokio::test]
async fn nobody_there_is_said_with_the_host() {
    let address: Uri = "http://127.0.0.1:1/token".parse().unwrap();
    let proxies = Proxies::default();
    let reason = post(&address, &proxies, "secret=hunter2".to_owned());
    let reason = reason.await.err().unwrap();
    assert!(
        reason.starts_with("127.0.0.1: ") && !reason.contains("hunter2"),
        "{reason}"
    );
}

/// A forward proxy that answers one connection's head with this, and leads to `port` of this machine if it
/// is a 200. Gives what stands in `HTTPS_PROXY`, and the head's first line at the end.
async fn proxy(answer: &'static str, port: u16) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://user:hunter2@{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let (mut first, mut line) = (String::new(), String::new());
        stream.read_line(&mut first).await.unwrap();
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).await.unwrap();
        }
        let answer = format!("HTTP/1.1 {answer}\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
        if answer.contains(" 200 ") {
            let mut target = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            // Whoever ends it first, it has ended.
            let _ = copy_bidirectional(&mut stream, &mut target).await;
        }
        first
    });
    (address, task)
}

/// Why there is no token of the Entra at this origin.
async fn refused_by(proxy: &str, no_proxy: &str, entra: &str) -> String {
    let variables = [("HTTPS_PROXY", proxy), ("NO_PROXY", no_proxy)];
    let environment = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let proxies = Proxies::read(&environment).unwrap();
    let endpoint = Endpoint::new(entra, TENANT, CLIENT, SCOPE, proxies).unwrap();
    endpoint.ask("secret").await.err().unwrap().reason
}

/// The whole way is in tests/e2e/forward_proxy.rs: here nobody trusts entra-sim's authority.
#[tokio::test]
async fn entra_is_spoken_with_through_the_proxys_tunnel() {
    let entra = Entra::start().await;
    let https: Uri = entra.text("https").parse().unwrap();
    let (address, asked) = proxy("200 Connection established", https.port_u16().unwrap()).await;
    let reason = refused_by(&address, "", NAMED).await;
    assert!(reason.contains("certificate"), "{reason}");
    let first = asked.await.unwrap();
    assert_eq!(first, "CONNECT login.proxied.test:443 HTTP/1.1\r\n");
}

#[tokio::test]
async fn a_proxy_that_leads_nowhere_is_said_without_its_password() {
    let (address, _asked) = proxy("407 No", 1).await;
    let reason = refused_by(&address, "", NAMED).await;
    let (_, host) = address.split_once('@').unwrap();
    let said = format!("the proxy {host} answered 407");
    assert!(reason.contains(&said), "{reason}");
    assert!(!reason.contains("hunter2"), "{reason}");
}

#[tokio::test]
async fn no_proxy_is_followed() {
    // An address of this machine that is no loopback address.
    let nobody = "https://0.0.0.0:1";
    for (no_proxy, by_proxy) in [("", true), ("10.0.0.0/8", true), ("0.0.0.0/8", false)] {
        let (address, _asked) = proxy("407 No", 1).await;
        let reason = refused_by(&address, no_proxy, nobody).await;
        assert_eq!(reason.contains("the proxy"), by_proxy, "{reason}");
    }
}
