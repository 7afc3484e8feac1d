//! Requests that are no upgrades, and requests that are forbidden.

use std::net::SocketAddr;

use listener::Times;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tunnel::{Limits, Trust};

use crate::api::{header, read_head};
use crate::client::Client;
use crate::component::TOKEN;
use crate::stack::{LONG, Stack, clear, serve, tunnel_to};

/// The values of the headers `name` that the component got.
fn got<'a>(forwarded: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = forwarded["headers"].as_array().unwrap().iter();
    headers
        .filter(|header| header[0] == name)
        .map(|header| header[1].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_request_goes_on_without_what_is_the_connections_or_the_hosts() {
    let mut stack = Stack::start().await;
    let request = "POST /echo?a=b%20c&d HTTP/1.1\r\nHost: aks.example\r\nContent-Length: 4\r\n\
        Connection: close, X-Hop, Host, X-Forwarded-For\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n\
        Authorization: Bearer mine\r\nX-Twice: 1\r\nX-Twice: 2\r\nUpgrade: websocket\r\n\
        Spin-Client-Addr: 6.6.6.6:1\r\nSPIN_full.url: x\r\n\
        X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2, 10.0.0.3\r\n\
        X-Forwarded-Proto: https\r\nCookie: a=b\r\n\r\nbody";
    let mut client = stack.send(request).await;
    assert_eq!(client.status(), 200);
    assert_eq!(client.header("x-end"), ["2"]);
    assert!(client.header("x-hop").is_empty());
    assert!(
        String::from_utf8(client.rest().await)
            .unwrap()
            .contains("body")
    );
    let seen = stack.component.asked("forwarded").await;
    assert_eq!(seen["method"], "POST");
    assert_eq!(seen["target"], "/echo?a=b%20c&d");
    assert_eq!(got(&seen, "host"), ["aks.example"]);
    assert_eq!(got(&seen, "authorization"), ["Bearer mine"]);
    assert_eq!(got(&seen, "x-twice"), ["1", "2"]);
    assert_eq!(got(&seen, "cookie"), ["a=b"]);
    assert_eq!(got(&seen, "x-forwarded-proto"), ["https"]);
    assert_eq!(
        got(&seen, "x-forwarded-for"),
        ["10.0.0.1, 10.0.0.2, 10.0.0.3, 127.0.0.1"]
    );
    for gone in [
        "connection",
        "x-hop",
        "keep-alive",
        "upgrade",
        "spin-client-addr",
        "spin_full.url",
    ] {
        assert!(got(&seen, gone).is_empty(), "{gone}: {seen}");
    }
}

#[tokio::test]
async fn the_internal_path_is_an_unknown_one_in_every_spelling() {
    let mut stack = Stack::start().await;
    let mut known = stack
        .send("GET /nowhere HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        .await;
    let known = (known.head.clone(), known.rest().await);
    stack.component.asked("forwarded").await;
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    let upgrade = "Connection: Upgrade, close\r\nUpgrade: websocket\r\n";
    let lines = [
        format!("Connection: close\r\n{bearer}"),
        format!("{upgrade}{bearer}"),
    ];
    for spelling in [
        "/-/tunnel",
        "/-/tunnel/",
        "//-/tunnel",
        "/-/TUNNEL?x=y",
        "/%2d/tunnel",
        "/%252d%2ftunnel",
        "/k8s/../-/tunnel",
        "/k8s/..;/-/tunnel",
        "/-\\tunnel",
        "/-/tunnel;x",
        "/-/tunnel%00",
    ] {
        for lines in &lines {
            let request = format!("GET {spelling} HTTP/1.1\r\nHost: h\r\n{lines}\r\n");
            let mut client = stack.send(&request).await;
            assert_eq!(
                (client.head.clone(), client.rest().await),
                known,
                "{request}"
            );
            let seen = stack.component.asked("forwarded").await;
            assert_eq!(seen["target"], "/-/unknown");
        }
    }
    let post = "POST /-/tunnel HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\n";
    let message = r#"{"look":{"ticket":"t"}}"#;
    let request = format!(
        "{post}{bearer}Content-Length: {}\r\n\r\n{message}",
        message.len()
    );
    let mut client = stack.send(&request).await;
    assert_eq!((client.head.clone(), client.rest().await), known);
}

#[tokio::test]
async fn requests_with_two_readings_are_refused() {
    let mut stack = Stack::start().await;
    for request in [
        "GET http://aks.example/echo HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET http://aks.example/echo HTTP/1.1\r\nHost: a\r\nHost: aks.example\r\n\r\n",
        "GET http://user@aks.example/echo HTTP/1.1\r\nHost: user@aks.example\r\n\r\n",
        "CONNECT aks.example:443 HTTP/1.1\r\nHost: aks.example\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: aks.example\r\n\r\n",
        "GET /echo HTTP/1.1\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n folded\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
    ] {
        let client = stack.send(request).await;
        assert_eq!(client.status(), 400, "{request}");
    }
    let client = stack.send("GET /k8s/api HTTP/1.0\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.status(), 505);
    assert!(stack.component.is_silent());
}

/// RFC 9112, section 3.2.2: a server must accept them.
#[tokio::test]
async fn a_target_in_absolute_form_is_taken() {
    let mut stack = Stack::start().await;
    for host in ["Host: aks.example:8443\r\n", ""] {
        let line = "GET http://aks.example:8443/echo?a HTTP/1.1";
        let client = stack.send(&format!("{line}\r\n{host}\r\n")).await;
        assert_eq!(client.status(), 200);
        let seen = stack.component.asked("forwarded").await;
        assert_eq!(seen["target"], "/echo?a");
        assert_eq!(got(&seen, "host"), ["aks.example:8443"]);
    }
}

/// Browsers and curl offer HTTP/2 with any request; a page is still served.
#[tokio::test]
async fn what_is_not_the_api_servers_is_never_upgraded() {
    let mut stack = Stack::start().await;
    let offer =
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    for (target, lines, status) in [
        ("/echo", upgrade, 200),
        ("/echo", offer, 200),
        ("/nowhere", offer, 404),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: h\r\n{lines}\r\n");
        let client = stack.send(&request).await;
        assert_eq!(client.status(), status, "{request}");
        let seen = stack.component.asked("forwarded").await;
        assert_eq!(seen["target"], target);
        for gone in ["connection", "upgrade", "http2-settings"] {
            assert!(got(&seen, gone).is_empty(), "{gone}: {seen}");
        }
    }
    let request = format!("GET /k8s/x HTTP/1.1\r\nHost: h\r\n{offer}\r\n");
    let answers = async {
        let mut connection = stack.api.accept().await;
        connection
            .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await;
    };
    let (client, ()) = tokio::join!(stack.send(&request), answers);
    assert_eq!(client.status(), 200);
    let asked = stack.component.asked("open").await;
    assert_eq!(asked["plain"], true);
    assert_eq!(
        asked["headers"],
        json!([["host", "h"], ["content-length", "0"]])
    );
}

#[tokio::test]
async fn a_length_beside_chunks_does_not_count_and_hides_no_request() {
    let mut stack = Stack::start().await;
    let hidden = "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
    let lengths = format!("Content-Length: {}\r\n", hidden.len());
    let chunks = "Transfer-Encoding: chunked\r\n".to_owned();
    for lines in
        [[&lengths, &chunks], [&chunks, &lengths]].map(|lines| lines.map(String::as_str).concat())
    {
        let mut client = stack
            .send(&format!(
                "POST /echo HTTP/1.1\r\nHost: h\r\n{lines}\r\n{hidden}"
            ))
            .await;
        let rest = String::from_utf8(client.rest().await).unwrap();
        assert!(!rest.contains("HTTP/1.1"), "{rest}");
        let seen = stack.component.asked("forwarded").await;
        assert_eq!(seen["target"], "/echo");
        assert!(got(&seen, "content-length").is_empty(), "{seen}");
        assert!(stack.component.is_silent());
    }
}

/// Search APIs take a body with GET, and HTTP/1.1 clients may not know its length.
#[tokio::test]
async fn a_body_of_unknown_length_goes_on_with_any_method() {
    let stack = Stack::start().await;
    for method in ["GET", "POST", "QUERY"] {
        let request = format!(
            "{method} /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\
             Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"
        );
        let mut client = stack.send(&request).await;
        let rest = String::from_utf8(client.rest().await).unwrap();
        assert!(rest.contains("body"), "{method}: {rest}");
    }
}

#[tokio::test]
async fn bodies_go_both_ways_while_they_are_made() {
    let stack = Stack::start().await;
    let mut stream = TcpStream::connect(stack.address).await.unwrap();
    let head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(b"5\r\nfirst\r\n").await.unwrap();
    let head = read_head(&mut stream).await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let mut chunk = [0; 10];
    stream.read_exact(&mut chunk).await.unwrap();
    assert_eq!(&chunk, b"5\r\nfirst\r\n");
    stream.write_all(b"6\r\nsecond\r\n0\r\n\r\n").await.unwrap();
    let mut rest = [0; 16];
    stream.read_exact(&mut rest).await.unwrap();
    assert_eq!(&rest, b"6\r\nsecond\r\n0\r\n\r\n");
}

/// A tunnel whose component is a socket that the test plays. It runs as long as the sender beside its
/// address.
async fn before(component: &TcpListener) -> (SocketAddr, oneshot::Sender<Times>) {
    let tunnel = tunnel_to("http://127.0.0.1:1", Limits::default(), Trust::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let origin = component.local_addr().unwrap();
    let (stop, _) = serve(tunnel, origin, clear(listener));
    (address, stop)
}

#[tokio::test]
async fn a_cut_body_is_not_ended_cleanly() {
    let component = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, _kept) = before(&component).await;
    for (head, body) in [
        ("Transfer-Encoding: chunked", "5\r\nhalf \r\n"),
        ("Content-Length: 10", "half "),
    ] {
        let answers = async {
            let (mut stream, _) = component.accept().await.unwrap();
            read_head(&mut stream).await;
            let answer = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        };
        let request = "GET /pods HTTP/1.1\r\nHost: h\r\n\r\n";
        let (mut client, ()) = tokio::join!(Client::send(address, request), answers);
        assert_eq!(client.rest().await, body.as_bytes());
    }
}

#[tokio::test]
async fn trailers_go_on() {
    let component = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, _kept) = before(&component).await;
    let answers = async {
        let (mut stream, _) = component.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        assert_eq!(header(&head, "te"), ["trailers"]);
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n\
            1\r\na\r\n0\r\nx-sum: 1\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
    };
    let request = "GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: TE, close\r\n\r\n";
    let (mut client, ()) = tokio::join!(Client::send(address, request), answers);
    assert_eq!(client.rest().await, b"1\r\na\r\n0\r\nx-sum: 1\r\n\r\n");
}

#[tokio::test]
async fn a_client_that_is_gone_ends_its_request() {
    let component = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, _kept) = before(&component).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client
        .write_all(b"GET /watch HTTP/1.1\r\nHost: h\r\n\r\n")
        .await
        .unwrap();
    let (mut stream, _) = component.accept().await.unwrap();
    read_head(&mut stream).await;
    drop(client);
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

#[tokio::test]
async fn a_tunnel_that_stops_lets_requests_finish() {
    let stack = Stack::start().await;
    let mut stream = TcpStream::connect(stack.address).await.unwrap();
    let head = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo";
    stream.write_all(head.as_bytes()).await.unwrap();
    read_head(&mut stream).await;
    let address = stack.address;
    let (served, _component) = stack.stop(Times {
        closing: LONG,
        ..Times::default()
    });
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(b"dy").await.unwrap();
    let mut body = [0; 4];
    stream.read_exact(&mut body).await.unwrap();
    assert_eq!(&body, b"body");
    served.await.unwrap();
}
