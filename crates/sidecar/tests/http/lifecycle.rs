//! Start and stop.

use std::io;
use std::time::Duration;

use listener::Limits;
use serde_json::json;
use sidecar::{BindError, Listener};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::Sidecar;

#[tokio::test]
async fn healthz_wants_no_bearer() {
    let sidecar = Sidecar::start("/nowhere").await;
    let answer = sidecar.get("/healthz", &[]).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({ "status": "ok" }))
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    for address in [
        "0.0.0.0:0",
        "[::]:0",
        "192.0.2.1:0",
        "[::ffff:10.0.0.1]:0",
        "[fe80::1]:0",
    ] {
        let error = Listener::bind(address.parse().unwrap(), None, Limits::default())
            .await
            .err()
            .unwrap();
        assert!(matches!(error, BindError::NotLoopback(_)), "{address}");
        assert!(error.to_string().contains("loopback"), "{error}");
    }
    for address in ["127.0.0.1:0", "127.8.9.10:0"] {
        assert!(
            Listener::bind(address.parse().unwrap(), None, Limits::default())
                .await
                .is_ok(),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = Listener::bind(listener.local_addr().unwrap(), None, Limits::default())
        .await
        .err()
        .unwrap();
    assert!(matches!(&error, BindError::Io(_, e) if e.kind() == io::ErrorKind::AddrInUse));
    assert!(
        error.to_string().starts_with("cannot listen on 127.0.0.1:"),
        "{error}"
    );
}

#[tokio::test]
async fn a_connection_that_is_idle_does_not_keep_it_running() {
    let sidecar = Sidecar::start("/nowhere").await;
    let _stream = answered(&sidecar).await;
    let address = sidecar.address;
    sidecar.stop().await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

/// On loopback all clients have one address, which may have all connections.
#[tokio::test]
async fn connections_are_limited_in_number() {
    let sidecar = Sidecar::limited(Limits {
        connections: 2,
        per_client: 1,
        quiet: Duration::from_secs(86_400),
        ..Limits::default()
    });
    let sidecar = sidecar.await;
    let _held = (answered(&sidecar).await, answered(&sidecar).await);
    closed(TcpStream::connect(sidecar.address).await.unwrap()).await;
}

#[tokio::test]
async fn a_quiet_connection_ends() {
    let sidecar = Sidecar::limited(Limits {
        quiet: Duration::from_millis(50),
        ..Limits::default()
    });
    closed(TcpStream::connect(sidecar.await.address).await.unwrap()).await;
}

/// Asserts that it is closed without an answer.
async fn closed(mut stream: TcpStream) {
    let read = stream.read(&mut [0]).await;
    assert!(matches!(read, Ok(0) | Err(_)));
}

/// A connection with an answered request.
async fn answered(sidecar: &Sidecar) -> TcpStream {
    let mut stream = TcpStream::connect(sidecar.address).await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    stream.read_exact(&mut [0]).await.unwrap();
    stream
}
