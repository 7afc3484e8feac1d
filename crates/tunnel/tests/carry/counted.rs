//! What is counted.

use listener::Times;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tunnel::Limits;

use crate::client::EXEC;
use crate::component::usual;
use crate::stack::{SHORT, Stack, has};

#[tokio::test]
async fn a_connection_counts_while_it_is_open_with_its_bytes_and_its_end() {
    let stack = Stack::start().await;
    let (mut client, mut api) = stack.exec().await;
    for line in [
        "aks_oauth_proxy_tunnel_connections 1",
        "aks_oauth_proxy_tunnel_connections_limit 200",
        r#"aks_oauth_proxy_tunnel_upgrades_total{to="api_server",outcome="opened"} 1"#,
        r#"aks_oauth_proxy_tunnel_ended_total{reason="closed"} 0"#,
    ] {
        stack.counts(line).await;
    }
    client.stream.write_all(b"question").await.unwrap();
    api.read_exact(&mut [0; 8]).await.unwrap();
    // The connection is open and its bytes are already counted.
    stack
        .counts(r#"aks_oauth_proxy_tunnel_bytes_total{direction="sent"} 8"#)
        .await;
    api.write_all(b"an answer").await.unwrap();
    client.stream.read_exact(&mut [0; 9]).await.unwrap();
    stack
        .counts(r#"aks_oauth_proxy_tunnel_bytes_total{direction="received"} 9"#)
        .await;
    drop((client, api));
    stack.counts("aks_oauth_proxy_tunnel_connections 0").await;
    stack
        .counts(r#"aks_oauth_proxy_tunnel_ended_total{reason="closed"} 1"#)
        .await;
}

#[tokio::test]
async fn looks_and_what_they_end_are_counted() {
    let limits = Limits {
        look_every: SHORT,
        ..Limits::default()
    };
    let stack = Stack::with(limits).await;
    let (origin, counts) = (format!("http://{}", stack.api.address), stack.kept_counts());
    let going_on = r#"aks_oauth_proxy_tunnel_looks_total{answer="go_on"} 1"#;
    stack.component.answer(move |message| {
        if message.get("look").is_none() {
            return Some(usual(message, &origin));
        }
        // On a slow machine an answer may come too late and count as missing.
        Some((200, json!({ "go_on": !has(&counts, going_on) })))
    });
    let (mut client, _api) = stack.exec().await;
    assert!(client.rest().await.is_empty());
    for line in [
        going_on,
        r#"aks_oauth_proxy_tunnel_looks_total{answer="stop"} 1"#,
        r#"aks_oauth_proxy_tunnel_ended_total{reason="revoked"} 1"#,
    ] {
        stack.counts(line).await;
    }
}

#[tokio::test]
async fn what_ends_a_connection_is_counted() {
    let idle = Limits {
        idle: SHORT,
        ..Limits::default()
    };
    let absolute = Limits {
        absolute: SHORT,
        ..Limits::default()
    };
    for (limits, reason) in [(idle, "idle"), (absolute, "absolute")] {
        let stack = Stack::with(limits).await;
        let _open = stack.exec().await;
        let line = format!(r#"aks_oauth_proxy_tunnel_ended_total{{reason="{reason}"}} 1"#);
        stack.counts(&line).await;
    }
}

#[tokio::test]
async fn a_connection_that_ends_with_the_tunnel_counts_once() {
    let stack = Stack::start().await;
    let counts = stack.kept_counts();
    let (mut client, _api) = stack.exec().await;
    let (served, _component) = stack.stop(Times::default());
    // The tunnel sends its Close and waits for the client's.
    assert!(!client.rest().await.is_empty());
    drop(client);
    served.await.unwrap();
    let line = r#"aks_oauth_proxy_tunnel_ended_total{reason="shutdown"} 1"#;
    assert!(has(&counts, line));
}

#[tokio::test]
async fn what_is_not_opened_counts_by_who_said_so() {
    let stack = Stack::start().await;
    let counts = async |outcome: &str| {
        let line = format!(
            r#"aks_oauth_proxy_tunnel_upgrades_total{{to="api_server",outcome="{outcome}"}} 1"#
        );
        stack.counts(&line).await;
    };
    let decline = async {
        let mut connection = stack.api.accept().await;
        let answer = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
        connection.write(answer).await;
        connection
    };
    let (client, _connection) = tokio::join!(stack.send(EXEC), decline);
    assert_eq!(client.status(), 404);
    counts("declined").await;
    let answer = json!({ "answer": { "status": 403, "headers": [], "body": "" } });
    stack.component.answer(move |_| Some((200, answer.clone())));
    assert_eq!(stack.send(EXEC).await.status(), 403);
    counts("answered").await;
    stack.component.answer(|_| Some((500, json!({}))));
    assert_eq!(stack.send(EXEC).await.status(), 503);
    counts("no_component").await;
    stack
        .component
        .answer(|message| Some(usual(message, "http://127.0.0.1:1")));
    assert_eq!(stack.send(EXEC).await.status(), 502);
    counts("no_origin").await;
    let body = EXEC.replace("Host: ", "Content-Length: 1\r\nHost: ");
    assert_eq!(stack.send(&body).await.status(), 400);
    counts("refused").await;
}

#[tokio::test]
async fn requests_that_are_forwarded_count_by_class() {
    let stack = Stack::start().await;
    for request in [
        "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ] {
        stack.send(request).await;
    }
    for line in [
        r#"aks_oauth_proxy_tunnel_forwarded_total{status="2xx"} 1"#,
        r#"aks_oauth_proxy_tunnel_forwarded_total{status="4xx"} 1"#,
        "aks_oauth_proxy_tunnel_forward_duration_seconds_count 2",
    ] {
        stack.counts(line).await;
    }
}
