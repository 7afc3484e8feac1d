//! WebSocket over HTTP/2, as an ingress sends it that speaks HTTP/2 with the tunnel (RFC 8441).

use base64ct::{Base64, Encoding};
use http::{Request, Response};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::ext::Protocol;
use hyper::upgrade::Upgraded;
use hyper_util::rt::{TokioExecutor, TokioIo};
use listener::Times;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::Connection;
use crate::stack::Stack;

const TARGET: &str = "http://aks.example/k8s/api/v1/namespaces/a/pods/p/exec?command=sh";

/// A connection on which the tunnel has sent its settings.
async fn connect(stack: &Stack) -> SendRequest<Empty<Bytes>> {
    let stream = TcpStream::connect(stack.address).await.unwrap();
    let (mut client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::get("http://aks.example/livez");
    let answer = client.send_request(request.body(Empty::new()).unwrap());
    assert_eq!(answer.await.unwrap().status(), 200);
    client
}

fn exec() -> Request<Empty<Bytes>> {
    let request = Request::connect(TARGET)
        .extension(Protocol::from_static("websocket"))
        .header("sec-websocket-version", "13")
        .header("sec-websocket-protocol", "v5.channel.k8s.io");
    request.body(Empty::new()).unwrap()
}

/// The API server's answer to `key` (RFC 6455, section 4.2.2).
fn accept(key: &str) -> String {
    let text = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    Base64::encode_string(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref())
}

/// The API server's end, after it has switched and answered the key by `accept`.
async fn switch(stack: &Stack, accept: impl FnOnce(&str) -> String) -> Connection {
    let mut connection = stack.api.accept().await;
    let accept = match connection.header("sec-websocket-key")[..] {
        [key] => accept(key),
        _ => panic!("{}", connection.head),
    };
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n"
    );
    connection.write(&head).await;
    connection
}

async fn exchange(stack: &Stack) -> (TokioIo<Upgraded>, Connection) {
    let mut client = connect(stack).await;
    let (answer, api) = tokio::join!(client.send_request(exec()), switch(stack, accept));
    let answer: Response<Incoming> = answer.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["sec-websocket-protocol"],
        "v5.channel.k8s.io"
    );
    for name in ["sec-websocket-accept", "upgrade", "connection"] {
        assert!(!answer.headers().contains_key(name), "{name}");
    }
    let stream = hyper::upgrade::on(answer).await.unwrap();
    (TokioIo::new(stream), api)
}

#[tokio::test]
async fn it_is_carried_as_the_upgrade_that_it_stands_for() {
    let mut stack = Stack::start().await;
    let (mut client, mut api) = exchange(&stack).await;
    let open = stack.component.asked("open").await;
    assert_eq!(open["method"], "GET");
    assert_eq!(
        open["target"],
        "/k8s/api/v1/namespaces/a/pods/p/exec?command=sh"
    );
    assert!(api.head.starts_with("GET /api/v1/"), "{}", api.head);
    assert_eq!(api.header("upgrade"), ["websocket"]);
    client.write_all(b"question").await.unwrap();
    let mut question = [0; 8];
    api.stream.read_exact(&mut question).await.unwrap();
    assert_eq!(&question, b"question");
    api.stream.write_all(b"answer").await.unwrap();
    let mut answer = [0; 6];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"answer");
    drop(api);
    assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
    drop(client);
    let closed = stack.component.asked("closed").await;
    assert_eq!(
        (&closed["sent"], &closed["received"]),
        (&8.into(), &6.into())
    );
}

#[tokio::test]
async fn it_is_told_that_it_has_to_end() {
    let stack = Stack::start().await;
    let (mut client, _api) = exchange(&stack).await;
    let (served, _component) = stack.stop(Times::default());
    let mut close = [0; 4];
    client.read_exact(&mut close).await.unwrap();
    assert_eq!((close[0], &close[2..]), (0x88, &[0x03, 0xe9][..]));
    drop(client);
    served.await.unwrap();
}

#[tokio::test]
async fn an_api_server_that_does_not_answer_to_the_key_is_none() {
    let stack = Stack::start().await;
    let mut client = connect(&stack).await;
    let wrong = |_: &str| accept("another key");
    let (answer, _api) = tokio::join!(client.send_request(exec()), switch(&stack, wrong));
    assert_eq!(answer.unwrap().status(), 502);
}

/// Its client would take a 200 for the beginning of the WebSocket, and the page for its frames.
#[tokio::test]
async fn a_page_instead_of_the_websocket_is_none() {
    let stack = Stack::start().await;
    let mut client = connect(&stack).await;
    for (told, status) in [
        ("200 OK\r\nContent-Length: 2\r\n\r\n{}", 502),
        ("204 No Content\r\n\r\n", 502),
        ("403 Forbidden\r\nContent-Length: 0\r\n\r\n", 403),
        (
            "302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
            302,
        ),
    ] {
        let page = async {
            let mut connection = stack.api.accept().await;
            connection.write(&format!("HTTP/1.1 {told}")).await;
            connection
        };
        let (answer, _api) = tokio::join!(client.send_request(exec()), page);
        assert_eq!(answer.unwrap().status(), status, "{told}");
    }
}

/// The component would take it for a `GET`, and its client the page for a WebSocket.
#[tokio::test]
async fn none_of_our_own_pages_is_a_websocket() {
    let mut stack = Stack::start().await;
    let mut client = connect(&stack).await;
    for path in ["/", "/whoami", "/k8s", "/-/tunnel", "/oauth2/userinfo"] {
        let request = Request::connect(format!("http://aks.example{path}"))
            .extension(Protocol::from_static("websocket"))
            .header("sec-websocket-version", "13");
        let answer = client.send_request(request.body(Empty::new()).unwrap());
        assert_eq!(answer.await.unwrap().status(), 400, "{path}");
    }
    assert!(stack.component.is_silent());
}

/// Any other protocol is asked for in vain, as a CONNECT to somewhere is.
#[tokio::test]
async fn others_are_refused() {
    let stack = Stack::start().await;
    let mut client = connect(&stack).await;
    let request = Request::connect(TARGET).extension(Protocol::from_static("connect-udp"));
    let answer = client.send_request(request.body(Empty::new()).unwrap());
    assert_eq!(answer.await.unwrap().status(), 400);
}
