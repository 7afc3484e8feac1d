//! Requests to apps: they go to servers of their own, and clients get sentences as errors.

use std::net::SocketAddr;

use egress::Proxies;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tunnel::{Config, Limits, Server, Trust, Tunnel};

use crate::api::{Api, SWITCHED};
use crate::client::Client;
use crate::component::{Component, TOKEN};
use crate::stack::{clear, serve};

/// A browser's request to open a WebSocket of an app, already rewritten to the prefix.
const SOCKET: &str = "GET /-/apps/ws HTTP/1.1\r\nHost: podinfo.example\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nOrigin: https://podinfo.example\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n";
const PAGE: &str =
    "GET /-/apps/page HTTP/1.1\r\nHost: podinfo.example\r\nConnection: close\r\n\r\n";
const PODS: &str =
    "GET /k8s/api/v1/pods HTTP/1.1\r\nHost: aks.example\r\nConnection: close\r\n\r\n";

/// A tunnel, an API server and an app.
struct Both {
    api: Api,
    app: Api,
    component: Component,
    address: SocketAddr,
    _stop: oneshot::Sender<listener::Times>,
}

impl Both {
    async fn start(limits: Limits) -> Self {
        let (api, app) = (Api::start().await, Api::start().await);
        let origin = |server: &Api| format!("http://{}", server.address).parse().unwrap();
        let tls = Trust::default().client_config().unwrap();
        let tunnel = Tunnel::new(Config {
            token: TOKEN.to_owned(),
            origins: vec![origin(&api)],
            proxies: Proxies::default(),
            trust: Trust::default(),
            apps: vec![Server {
                origin: origin(&app),
                tls: tls.clone(),
                proxy_tls: tls,
            }],
            app_proxies: Proxies::default(),
            trusted_proxies: Vec::new(),
            limits,
        })
        .unwrap();
        let component = Component::start("http://127.0.0.1:1").await;
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let (stop, _) = serve(tunnel, component.address, clear(socket));
        let both = Self {
            api,
            app,
            component,
            address,
            _stop: stop,
        };
        both.leads_to(&both.app, json!({}));
        both
    }

    /// From now on all requests go to `server`, and the verdict has `more`.
    fn leads_to(&self, server: &Api, more: Value) {
        let origin = format!("http://{}", server.address);
        self.component.answer(move |message| {
            let Some(open) = message.get("open") else {
                return Some((204, Value::Null));
            };
            let mut connect = json!({
                "origin": origin, "method": open["method"], "target": "/there",
                "headers": [["x-auth-request-user", "alice"]], "ticket": "app.t", "asks_again": [],
                "removed": [], "location_prefix": "", "location_base": "",
            });
            if open["plain"] == true {
                connect["plain"] = json!({
                    "body": { "most": 100_000_000, "kept": 65536, "at_once": 1000, "patience": 30000 },
                    "limits": { "connect": 5000, "send": 60000, "answer": 60000 },
                    "looks": { "every": 5000, "patience": 45000 },
                    "events": false, "apart": true, "holds_place": false,
                    "audit": { "event": "app", "route": "apps", "outcome": "", "request_id": "r",
                               "sent": 0, "received": 0, "milliseconds": 0 },
                });
            }
            for (name, value) in more.as_object().unwrap() {
                connect[name] = value.clone();
            }
            Some((200, json!({ "connect": connect })))
        });
    }

    async fn send(&self, request: &str) -> Client {
        Client::send(self.address, request).await
    }

    /// Like [`Self::send`], from another address.
    async fn send_as_another(&self, request: &str) -> Client {
        Client::send_from(2, self.address, request.as_bytes()).await
    }
}

/// Status and sentence.
async fn told(mut client: Client) -> (u16, String) {
    assert_eq!(client.header("content-type"), ["text/plain; charset=utf-8"]);
    let text = String::from_utf8(client.rest().await).unwrap();
    (client.status(), text)
}

#[tokio::test]
async fn a_websocket_of_an_app_is_carried() {
    let mut both = Both::start(Limits::default()).await;
    let app = async {
        let mut connection = both.app.accept().await;
        connection.write(SWITCHED).await;
        let mut question = [0; 4];
        connection.stream.read_exact(&mut question).await.unwrap();
        connection.stream.write_all(&question).await.unwrap();
        connection
    };
    let client = async {
        let mut client = both.send(SOCKET).await;
        client.stream.write_all(b"ping").await.unwrap();
        let mut answer = [0; 4];
        client.stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"ping");
        client
    };
    let (client, app) = tokio::join!(client, app);
    assert_eq!(client.status(), 101);
    assert_eq!(client.header("upgrade"), ["websocket"]);
    assert_eq!(
        client.header("sec-websocket-accept"),
        ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]
    );
    assert!(
        app.head.starts_with("GET /there HTTP/1.1\r\n"),
        "{}",
        app.head
    );
    assert_eq!(app.header("host"), [both.app.address.to_string()]);
    assert_eq!(app.header("x-auth-request-user"), ["alice"]);
    let open = both.component.asked("open").await;
    assert_eq!(
        (&open["target"], &open["plain"]),
        (&json!("/-/apps/ws"), &json!(false))
    );
    drop((client, app));
    let closed = both.component.asked("closed").await;
    assert_eq!(
        (&closed["ticket"], &closed["sent"]),
        (&json!("app.t"), &json!(4))
    );
}

#[tokio::test]
async fn an_app_is_asked_by_the_host_that_was_decided_on() {
    let both = Both::start(Limits::default()).await;
    both.leads_to(&both.app, json!({ "host": "podinfo.example" }));
    for request in [SOCKET, PAGE] {
        let app = async {
            let mut connection = both.app.accept().await;
            connection.write("HTTP/1.1 204 No Content\r\n\r\n").await;
            connection
        };
        let (client, app) = tokio::join!(both.send(request), app);
        assert_eq!(client.status(), 204);
        assert_eq!(app.header("host"), ["podinfo.example"]);
    }
}

/// The token for one must never reach the other.
#[tokio::test]
async fn requests_to_apps_reach_no_api_server_and_the_other_way_round() {
    let both = Both::start(Limits::default()).await;
    both.leads_to(&both.api, json!({}));
    for request in [SOCKET, PAGE] {
        let (status, text) = told(both.send(request).await).await;
        assert_eq!(status, 502);
        assert!(text.contains("UPSTREAMS"), "{text}");
    }
    both.leads_to(&both.app, json!({}));
    let exec = PODS.replace("close", "Upgrade\r\nUpgrade: websocket");
    for request in [PODS, &exec] {
        let mut client = both.send(request).await;
        assert_eq!(client.status(), 502);
        let status: Value = serde_json::from_slice(&client.rest().await).unwrap();
        assert_eq!(status["kind"], "Status");
    }
}

#[tokio::test]
async fn who_reads_pages_gets_sentences() {
    let both = Both::start(Limits {
        requests: 0,
        connections: 0,
        ..Limits::default()
    })
    .await;
    for request in [SOCKET, PAGE] {
        let client = both.send(request).await;
        assert_eq!(client.header("retry-after"), ["1"]);
        let (status, text) = told(client).await;
        assert_eq!(status, 503);
        assert!(text.ends_with("try again later\n"), "{text}");
    }
    let both = Both::start(Limits::default()).await;
    both.component.answer(|_| Some((500, Value::Null)));
    for request in [SOCKET, PAGE] {
        let (status, text) = told(both.send(request).await).await;
        assert_eq!(
            (status, text.as_str()),
            (503, "the proxy does not answer; try again\n")
        );
    }
}

/// Some apps answer everybody. One such client must not hold up the others.
#[tokio::test]
async fn one_client_never_has_all_requests() {
    let both = Both::start(Limits {
        requests: 2,
        ..Limits::default()
    })
    .await;
    let first = async {
        let _held = both.app.accept().await;
        let (status, _) = told(both.send(PAGE).await).await;
        assert_eq!(status, 503);
        assert_eq!(both.send(PODS).await.status(), 429);
        // Another's request fails at a server that is not an API server.
        assert_eq!(both.send_as_another(PODS).await.status(), 502);
    };
    tokio::select! {
        _ = both.send(PAGE) => unreachable!("nobody answers it"),
        () = first => {}
    }
}

/// The same for WebSockets: they last for as long as their client likes.
#[tokio::test]
async fn one_client_never_has_all_connections() {
    let both = Both::start(Limits {
        connections: 2,
        ..Limits::default()
    })
    .await;
    let app = async {
        let mut connection = both.app.accept().await;
        connection.write(SWITCHED).await;
        connection
    };
    let (client, _app) = tokio::join!(both.send(SOCKET), app);
    assert_eq!(client.status(), 101);
    let (status, text) = told(both.send(SOCKET).await).await;
    assert_eq!(status, 503, "{text}");
    let exec = PODS.replace("close", "Upgrade\r\nUpgrade: websocket");
    assert_eq!(both.send(&exec).await.status(), 503);
    // Another's gets no further than to a server that is no API server.
    assert_eq!(both.send_as_another(&exec).await.status(), 502);
}

/// NTLM and Negotiate prove for a whole connection who somebody is. Nobody else may come after them on it.
#[tokio::test]
async fn a_connection_that_stands_for_one_client_is_nobody_elses() {
    for (authorization, is_kept) in [
        ("Bearer x", true),
        ("NTLM TlRMTVNTUAABAAAA", false),
        ("negotiate YII=", false),
    ] {
        let both = Both::start(Limits::default()).await;
        let headers = json!({ "headers": [["authorization", authorization]] });
        both.leads_to(&both.app, headers);
        let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        let first = async {
            let mut connection = both.app.accept().await;
            connection.write(ok).await;
            connection
        };
        let (mut client, mut connection) = tokio::join!(both.send(PAGE), first);
        assert_eq!(client.status(), 200);
        assert!(client.rest().await.is_empty());
        let second = async {
            let comes_again = matches!(connection.stream.read(&mut [0]).await, Ok(1));
            if !comes_again {
                connection = both.app.accept().await;
            }
            connection.write(ok).await;
            comes_again
        };
        let (client, was_kept) = tokio::join!(both.send(PAGE), second);
        assert_eq!(
            (client.status(), was_kept),
            (200, is_kept),
            "{authorization}"
        );
    }
}

/// nginx asks so unless it is told otherwise.
#[tokio::test]
async fn an_app_is_reached_by_http_1_0_too() {
    let both = Both::start(Limits::default()).await;
    let app = async {
        let mut connection = both.app.accept().await;
        let chunked =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        connection.write(chunked).await;
        connection
    };
    let request = PAGE.replace("HTTP/1.1", "HTTP/1.0");
    let (mut client, _app) = tokio::join!(both.send(&request), app);
    assert_eq!(client.status(), 200);
    assert_eq!(client.rest().await, b"hello");
}
