//! The limits of the number of connections.

use listener::Limits;
use tokio::io::AsyncReadExt;

use crate::server::{GET, Server, exchange};

/// A server with these limits, in all and per client.
async fn start(connections: u32, per_client: u32, trusted: &[&str]) -> Server {
    let trusted = trusted.iter().map(|net| net.parse().unwrap());
    let limits = Limits {
        connections,
        per_client,
        trusted_proxies: trusted.collect(),
        ..Limits::default()
    };
    Server::start(limits).await
}

/// Whether a request from this address is answered.
async fn is_answered(server: &Server, host: u8) -> bool {
    let mut stream = server.connect(host).await;
    exchange(&mut stream, GET.as_bytes())
        .await
        .starts_with(b"HTTP/1.1 200")
}

/// Returns when a request from this address is answered: the end of a connection may take a moment to be
/// noticed.
async fn answered(server: &Server, host: u8) {
    while !is_answered(server, host).await {}
}

#[tokio::test]
async fn one_client_leaves_connections_to_the_others() {
    let server = start(3, 2, &[]).await;
    let held = [server.connect(1).await, server.connect(1).await];
    assert!(!is_answered(&server, 1).await);
    assert!(is_answered(&server, 2).await);
    drop(held);
    answered(&server, 1).await;
}

#[tokio::test]
async fn one_too_many_is_closed_at_once_whoever_it_is() {
    let server = start(2, 2, &["127.0.0.3/32"]).await;
    let held = [server.connect(1).await, server.connect(2).await];
    for host in [1, 2, 3, 4] {
        let mut stream = server.connect(host).await;
        let read = stream.read(&mut [0]).await;
        assert!(matches!(read, Ok(0) | Err(_)), "{host}");
    }
    drop(held);
    answered(&server, 4).await;
}

#[tokio::test]
async fn a_trusted_proxy_brings_many_clients() {
    let server = start(4, 1, &["127.0.0.3/32"]).await;
    let _held = [server.connect(3).await, server.connect(3).await];
    assert!(is_answered(&server, 3).await);
    let _other = server.connect(1).await;
    assert!(!is_answered(&server, 1).await);
}

#[tokio::test]
async fn connections_are_counted() {
    let server = start(2, 1, &[]).await;
    let counts = async |line: &str| {
        while !server.counts(line) {
            tokio::task::yield_now().await;
        }
    };
    let held = server.connect(1).await;
    counts("aks_oauth_proxy_connections 1").await;
    assert!(!is_answered(&server, 1).await);
    counts(r#"aks_oauth_proxy_connections_refused_total{limit="client"} 1"#).await;
    let other = server.connect(2).await;
    counts("aks_oauth_proxy_connections 2").await;
    assert!(!is_answered(&server, 3).await);
    counts(r#"aks_oauth_proxy_connections_refused_total{limit="all"} 1"#).await;
    drop((held, other));
    counts("aks_oauth_proxy_connections 0").await;
    assert!(server.counts("aks_oauth_proxy_connections_accepted_total 2"));
    assert!(server.counts("aks_oauth_proxy_connections_limit 2"));
}
