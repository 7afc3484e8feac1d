//! How a tunnel shuts down, and what its probes answer meanwhile.

use std::net::SocketAddr;

use listener::Times;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Client, EXEC};
use crate::stack::{LONG, Stack};

/// Takes nothing new and lets current requests finish.
const CLOSING: Times = Times {
    draining: std::time::Duration::ZERO,
    closing: LONG,
};

/// Status and text at `path`.
async fn ask(address: SocketAddr, path: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: 10.0.0.1\r\nConnection: close\r\n\r\n");
    let mut client = Client::send(address, &request).await;
    assert_eq!(client.header("content-type"), ["text/plain; charset=utf-8"]);
    (
        client.status(),
        String::from_utf8(client.rest().await).unwrap(),
    )
}

/// Returns when the probe says that the tunnel drains.
async fn drains(address: SocketAddr) -> String {
    loop {
        let (status, text) = ask(address, "/readyz").await;
        if status == 503 {
            return text;
        }
    }
}

#[tokio::test]
async fn it_is_ready_while_its_component_answers_and_alive_in_any_case() {
    let mut stack = Stack::start().await;
    let address = stack.address;
    for path in ["/livez", "/readyz"] {
        assert_eq!(ask(address, path).await, (200, "ok".to_owned()));
    }
    let (_, verbose) = ask(address, "/readyz?verbose").await;
    assert_eq!(
        verbose,
        "[+]ping ok\n[+]component ok\nreadyz check passed\n"
    );
    stack.component.stop().await;
    let (status, text) = ask(address, "/readyz").await;
    assert_eq!(status, 503);
    assert!(
        text.contains("[-]component failed: reason withheld"),
        "{text}"
    );
    assert_eq!(ask(address, "/livez").await.0, 200);
}

#[tokio::test]
async fn while_it_drains_it_is_not_ready_and_takes_everything() {
    let mut stack = Stack::start().await;
    let address = stack.address;
    let (mut before, mut api_before) = stack.exec().await;
    stack.drain();
    assert!(drains(address).await.contains("[-]shutdown failed"));
    assert_eq!(ask(address, "/livez").await.0, 200);
    let mut echoed = Client::send(
        address,
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi",
    )
    .await;
    assert_eq!(echoed.header("connection"), ["close"]);
    assert_eq!(echoed.rest().await, b"hi");
    let (client, _api) = tokio::join!(Client::send(address, EXEC), stack.api.switch());
    assert_eq!(client.status(), 101);
    api_before.write_all(b"on").await.unwrap();
    let mut on = [0; 2];
    before.stream.read_exact(&mut on).await.unwrap();
}

#[tokio::test]
async fn a_websocket_is_told_that_it_has_to_end() {
    let stack = Stack::start().await;
    let (mut client, mut api) = stack.exec().await;
    api.write_all(b"\x82\x03\x01ab").await.unwrap();
    let mut frame = [0; 5];
    client.stream.read_exact(&mut frame).await.unwrap();
    let (served, mut component) = stack.stop(Times::default());
    let mut close = [0; 4];
    client.stream.read_exact(&mut close).await.unwrap();
    // Close, with 1001: going away (RFC 6455, section 7.4.1).
    assert_eq!((close[0], &close[2..]), (0x88, &[0x03, 0xe9][..]));
    let reason = client.rest().await;
    assert_eq!(reason.len(), usize::from(close[1]) - 2);
    drop(client);
    assert_eq!(component.asked("closed").await["status"], 101);
    served.await.unwrap();
}

/// A request for `target` whose answer has begun with its head and `begun`: the client's end and the API
/// server's.
async fn begin(stack: &Stack, target: &str, begun: &str) -> (Client, TcpStream) {
    let request = format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");
    let answer = async {
        let mut connection = stack.api.accept().await;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
            Transfer-Encoding: chunked\r\n\r\n";
        let piece = format!("{head}{:x}\r\n{begun}\r\n", begun.len());
        connection.write(&piece).await;
        connection.stream
    };
    let (mut client, api) = tokio::join!(Client::send(stack.address, &request), answer);
    let mut piece = vec![0; format!("{:x}\r\n{begun}\r\n", begun.len()).len()];
    client.stream.read_exact(&mut piece).await.unwrap();
    (client, api)
}

#[tokio::test]
async fn a_watch_ends_as_if_the_api_server_had_ended_it() {
    let stack = Stack::start().await;
    let watch = "/k8s/api/v1/pods?watch=true";
    let (mut between, _kept) = begin(&stack, watch, "{}\n").await;
    let (mut within, mut api) = begin(&stack, watch, "{\"half\":").await;
    let (served, _component) = stack.stop(CLOSING);
    assert_eq!(between.rest().await, b"0\r\n\r\n");
    api.write_all(b"b\r\n1}\n{\"next\":\r\n").await.unwrap();
    assert_eq!(within.rest().await, b"3\r\n1}\n\r\n0\r\n\r\n");
    served.await.unwrap();
}

/// Half a list must not pass for a whole one.
#[tokio::test]
async fn any_other_answer_is_cut_if_it_does_not_end_in_time() {
    let stack = Stack::start().await;
    let (mut list, _kept) = begin(&stack, "/k8s/api/v1/pods", "{}\n").await;
    let (served, _component) = stack.stop(Times::default());
    assert_eq!(list.rest().await, b"");
    served.await.unwrap();
}
