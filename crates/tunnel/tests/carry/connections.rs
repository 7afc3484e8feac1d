//! Clients' connections, which take file descriptors.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tunnel::Limits;

use crate::stack::{SHORT, Stack};

const REQUEST: &[u8] = b"GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n";

async fn start(connections: u32, quiet: Duration) -> Stack {
    let listening = listener::Limits {
        connections,
        per_client: connections,
        quiet,
        ..listener::Limits::default()
    };
    Stack::at(Limits::default(), listening).await
}

/// Asserts that the connection is closed without an answer.
async fn closed(mut stream: TcpStream) {
    let read = stream.read(&mut [0]).await;
    assert!(matches!(read, Ok(0) | Err(_)));
}

/// A connection over which a request was answered. The end of another one may take a moment to be noticed.
async fn answered(stack: &Stack) -> TcpStream {
    loop {
        let mut stream = TcpStream::connect(stack.address).await.unwrap();
        let sent = stream.write_all(REQUEST).await;
        if sent.is_ok() && stream.read_exact(&mut [0; 12]).await.is_ok() {
            return stream;
        }
    }
}

#[tokio::test]
async fn they_are_limited_in_number_and_what_is_carried_is_not_counted() {
    let stack = start(1, Duration::from_secs(86_400)).await;
    let _exec = stack.exec().await;
    let held = answered(&stack).await;
    closed(TcpStream::connect(stack.address).await.unwrap()).await;
    drop(held);
    answered(&stack).await;
}

#[tokio::test]
async fn a_quiet_connection_ends_and_what_is_carried_goes_on() {
    let stack = start(10, SHORT).await;
    let (mut exec, mut api) = stack.exec().await;
    closed(TcpStream::connect(stack.address).await.unwrap()).await;
    exec.stream.write_all(b"in").await.unwrap();
    let mut read = [0; 2];
    api.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"in");
}
