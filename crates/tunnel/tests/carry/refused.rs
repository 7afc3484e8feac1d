//! Requests that are not upgraded.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tunnel::{Limits, Trust};

use crate::client::{Client, EXEC};
use crate::component::{connect, usual};
use crate::stack::{SHORT, Stack, clear, serve, tunnel_to};

/// Sends an exec to an API server that answers `answer` and closes; gives the client's answer.
async fn answered(stack: &Stack, answer: &str) -> Client {
    let api = async {
        let mut connection = stack.api.accept().await;
        connection.write(answer).await;
        // Reads to the end, so that the connection is not reset.
        connection.stream.shutdown().await.unwrap();
        let _ = connection.stream.read_to_end(&mut Vec::new()).await;
    };
    let (client, ()) = tokio::join!(stack.send(EXEC), api);
    client
}

#[tokio::test]
async fn the_api_servers_refusal_is_passed_on_as_it_is() {
    let mut stack = Stack::start().await;
    let refusal = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nKeep-Alive: 5\r\n\
        Set-Cookie: proxy_session=x\r\nClear-Site-Data: \"*\"\r\nAlt-Svc: h2=\":1\"\r\n\
        Strict-Transport-Security: max-age=9\r\nAudit-Id: a\r\nContent-Length: 19\r\n\r\n{\"kind\":\"Status\"}  ";
    let mut client = answered(&stack, refusal).await;
    assert_eq!(client.status(), 403);
    assert_eq!(client.header("audit-id"), ["a"]);
    for name in [
        "keep-alive",
        "set-cookie",
        "clear-site-data",
        "alt-svc",
        "strict-transport-security",
    ] {
        assert!(client.header(name).is_empty(), "{name}");
    }
    assert_eq!(client.header("connection"), ["close"]);
    assert_eq!(client.rest().await, b"{\"kind\":\"Status\"}  ");
    let closed = stack.component.asked("closed").await;
    let expected = json!({
        "ticket": "the-ticket", "status": 403, "sent": 0, "received": 19,
        "milliseconds": closed["milliseconds"],
    });
    assert_eq!(closed, expected);
}

#[tokio::test]
async fn an_answer_that_leads_elsewhere_on_the_api_server_leads_there_through_us() {
    for (prefix, expected) in [
        (json!("/k8s"), "/k8s/elsewhere?a=b"),
        (json!(""), "/elsewhere?a=b"),
        (Value::Null, "/elsewhere?a=b"),
    ] {
        let stack = Stack::start().await;
        let api = format!("http://{}", stack.api.address);
        stack.component.answer(move |message| {
            let (status, mut told) = usual(message, &api);
            if told.get("connect").is_some() {
                told["connect"]["location_prefix"] = prefix.clone();
            }
            Some((status, told))
        });
        let moved = "HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere?a=b\r\n\
            Content-Length: 0\r\n\r\n";
        let client = answered(&stack, moved).await;
        assert_eq!(client.status(), 307);
        assert_eq!(client.header("location"), [expected]);
    }
}

#[tokio::test]
async fn a_cut_body_is_not_ended_cleanly() {
    let stack = Stack::start().await;
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf \r\n";
    let mut client = answered(&stack, chunked).await;
    assert_eq!(client.rest().await, b"5\r\nhalf \r\n");
    let sized = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ";
    let mut client = answered(&stack, sized).await;
    assert_eq!(client.header("content-length"), ["10"]);
    assert_eq!(client.rest().await, b"half ");
}

#[tokio::test]
async fn a_body_ends_when_the_component_says_so() {
    let limits = Limits {
        look_every: SHORT,
        ..Limits::default()
    };
    let mut stack = Stack::with(limits).await;
    let api = async {
        let mut connection = stack.api.accept().await;
        connection
            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwatch\r\n")
            .await;
        connection
    };
    let (mut client, _api) = tokio::join!(stack.send(EXEC), api);
    stack.component.answer(|message| match message.get("look") {
        Some(_) => Some((200, json!({ "go_on": false }))),
        None => Some((204, Value::Null)),
    });
    assert_eq!(client.rest().await, b"5\r\nwatch\r\n");
    assert_eq!(stack.component.asked("closed").await["received"], 5);
}

#[tokio::test]
async fn an_api_server_that_answers_nothing_of_use_is_a_bad_gateway() {
    let mut stack = Stack::start().await;
    let useless = [
        "",
        "HTTP/1.1 101 Switch",
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    ];
    for answer in useless {
        let client = answered(&stack, answer).await;
        assert_eq!(client.status(), 502, "{answer}");
        assert_eq!(client.failure().await, "BadGateway");
        assert_eq!(stack.component.asked("closed").await["status"], Value::Null);
    }
}

#[tokio::test]
async fn an_api_server_that_stalls_is_a_timeout() {
    let limits = Limits {
        head: SHORT,
        ..Limits::default()
    };
    let mut stack = Stack::with(limits).await;
    for begun in ["", "HTTP/1.1 101 Switching Protocols\r\nConnec"] {
        let api = async {
            let mut connection = stack.api.accept().await;
            connection.write(begun).await;
            connection
        };
        let (client, _api) = tokio::join!(stack.send(EXEC), api);
        assert_eq!(client.status(), 504, "{begun}");
        assert_eq!(client.failure().await, "Timeout");
        assert_eq!(stack.component.asked("closed").await["status"], Value::Null);
    }
}

#[tokio::test]
async fn an_api_server_that_is_away_is_a_bad_gateway() {
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stack = Stack::start().await;
    let away = format!("http://{}", api.local_addr().unwrap());
    drop(api);
    let tunnel = tunnel_to(&away, Limits::default(), Trust::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, _) = serve(tunnel, stack.component.address, clear(listener));
    stack
        .component
        .answer(move |message| Some(usual(message, &away)));
    let client = Client::send(address, EXEC).await;
    assert_eq!(client.status(), 502);
    assert_eq!(client.failure().await, "BadGateway");
    assert_eq!(stack.component.asked("closed").await["status"], Value::Null);
    drop(stop);
}

#[tokio::test]
async fn only_the_tunnels_own_origins_are_connected_to() {
    let mut stack = Stack::start().await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    let own = stack.api.address;
    for origin in [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{}", own.port()),
        format!("https://{own}"),
    ] {
        stack
            .component
            .answer(move |message| Some(usual(message, &origin)));
        let client = stack.send(EXEC).await;
        assert_eq!(client.status(), 502);
        assert_eq!(client.failure().await, "BadGateway");
        let closed = stack.component.asked("closed").await;
        assert_eq!(closed["status"], Value::Null);
    }
    let nobody = tokio::time::timeout(Duration::ZERO, elsewhere.accept()).await;
    assert!(nobody.is_err());
}

#[tokio::test]
async fn the_components_own_answer_is_passed_on() {
    let mut stack = Stack::start().await;
    let answer = json!({ "answer": {
        "status": 401,
        "headers": [["content-type", "application/json"], ["connection", "x-gone"], ["x-gone", "1"]],
        "body": "{\"code\":401}",
    }});
    stack.component.answer(move |_| Some((200, answer.clone())));
    let mut client = stack.send(EXEC).await;
    assert_eq!(client.status(), 401);
    assert_eq!(client.header("content-type"), ["application/json"]);
    assert_eq!(client.header("connection"), ["close"]);
    assert!(client.header("x-gone").is_empty());
    assert_eq!(client.rest().await, b"{\"code\":401}");
    assert!(stack.component.asked("open").await.is_object());
    assert!(
        stack.component.is_silent(),
        "nothing was opened, so nothing is closed"
    );
}

#[tokio::test]
async fn a_component_that_gives_no_decision_is_unavailable() {
    let limits = Limits {
        decision: SHORT,
        ..Limits::default()
    };
    let stack = Stack::with(limits).await;
    let origin = format!("http://{}", stack.api.address);
    let good = connect(
        &json!({ "headers": [], "target": "/x", "method": "GET" }),
        &origin,
    );
    let upgrade = json!({ "answer": { "status": 101, "headers": [], "body": "" } });
    for answer in [
        Some((404, json!("nothing here"))),
        Some((503, good.clone())),
        Some((204, Value::Null)),
        Some((200, json!({ "go_on": true }))),
        Some((200, upgrade)),
        None,
    ] {
        let said = format!("{answer:?}");
        stack.component.answer(move |_| answer.clone());
        let client = stack.send(EXEC).await;
        assert_eq!(client.status(), 503, "{said}");
        assert_eq!(client.failure().await, "ServiceUnavailable");
    }
}

#[tokio::test]
async fn a_component_that_is_away_is_unavailable() {
    let mut stack = Stack::start().await;
    let gone = stack.component.stop().await;
    assert!(TcpStream::connect(gone).await.is_err());
    for request in [EXEC, "GET / HTTP/1.1\r\nhost: h\r\n\r\n"] {
        let client = stack.send(request).await;
        assert_eq!(client.status(), 503);
        assert_eq!(client.failure().await, "ServiceUnavailable");
    }
}

#[tokio::test]
async fn one_more_than_may_be_is_told_to_come_later() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let mut stack = Stack::with(limits).await;
    let first = stack.exec().await;
    let second = stack.exec().await;
    let third = stack.send(EXEC).await;
    assert_eq!(third.status(), 503);
    assert_eq!(third.failure().await, "ServiceUnavailable");
    drop(first);
    stack.component.asked("closed").await;
    let again = stack.exec().await;
    drop((second, again));
}

#[tokio::test]
async fn requests_with_two_readings_are_refused_before_anybody_is_asked() {
    let mut stack = Stack::start().await;
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    let next = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";
    let length = next.len();
    for request in [
        format!("POST /k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}Content-Length: {length}\r\n\r\n{next}"),
        format!("POST /k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{next}"),
        format!("POST /k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{next}"),
        format!("POST /k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n{next}"),
        format!("POST /k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}Content-Length: 0\r\nContent-Length: 5\r\n\r\n{next}"),
        format!("POST /k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}Content-Length: -1\r\n\r\n{next}"),
        format!("GET /k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}X-A: 1\r\n folded\r\n\r\n"),
        format!("GET /k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}X-A : 1\r\n\r\n"),
        format!("GET /k8s/x HTTP/1.1\r\n{upgrade}\r\n"),
        format!("GET /k8s/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n{upgrade}\r\n"),
        format!("GET /k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}Upgrade: h2c\r\n\r\n"),
        "GET /k8s/x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: websocket, h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n".to_owned(),
        format!("GET http://h/k8s/x HTTP/1.1\r\nHost: h\r\n{upgrade}\r\n"),
        format!("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n{upgrade}\r\n"),
    ] {
        let mut client = stack.send(&request).await;
        assert_eq!(client.status(), 400, "{request}");
        let rest = String::from_utf8(client.rest().await).unwrap();
        assert!(!rest.contains("HTTP/1.1"), "one answer only: {rest}");
    }
    let no_text = b"GET /k8s/x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX: \xff\r\n\r\n";
    let client = Client::send_bytes(stack.address, no_text).await;
    assert_eq!(client.status(), 400);
    assert_eq!(client.failure().await, "BadRequest");
    assert!(stack.component.is_silent());
}
