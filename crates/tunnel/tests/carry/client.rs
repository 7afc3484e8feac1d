//! A client that sends what it is told, byte for byte.

use std::net::{IpAddr, SocketAddr};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::api::{header, read_head};

/// kubectl's request for an exec.
pub(crate) const EXEC: &str = "GET /k8s/api/v1/namespaces/a/pods/p/exec?command=sh HTTP/1.1\r\n\
    Host: aks.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Authorization: Bearer the-clients-own\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n";

/// A connection, and the head of the answer that came over it.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    pub(crate) head: String,
}

/// A connection from the loopback address that ends in `host`.
pub(crate) async fn connect_from(host: u8, address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let local = IpAddr::from([127, 0, 0, host]);
    socket.bind(SocketAddr::new(local, 0)).unwrap();
    socket.connect(address).await.unwrap()
}

impl Client {
    /// Sends `request`, and reads the head of the answer.
    pub(crate) async fn send(address: SocketAddr, request: &str) -> Self {
        Self::send_bytes(address, request.as_bytes()).await
    }

    /// Like [`Client::send`].
    pub(crate) async fn send_bytes(address: SocketAddr, request: &[u8]) -> Self {
        Self::send_from(1, address, request).await
    }

    /// Like [`Client::send_bytes`], from the loopback address that ends in `host`.
    pub(crate) async fn send_from(host: u8, address: SocketAddr, request: &[u8]) -> Self {
        let mut stream = connect_from(host, address).await;
        stream.write_all(request).await.unwrap();
        let head = read_head(&mut stream).await;
        Self { stream, head }
    }

    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// The values of the headers `name`.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        header(&self.head, name)
    }

    /// All bytes until the connection ends.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset connection has ended too.
        let _ = self.stream.read_to_end(&mut rest).await;
        rest
    }

    /// Asserts that the answer is a Kubernetes `Status` and that the connection ends; returns the reason.
    pub(crate) async fn failure(mut self) -> String {
        assert_eq!(self.header("content-type"), ["application/json"]);
        assert_eq!(self.header("connection"), ["close"]);
        let code = self.status();
        assert_eq!(self.header("retry-after").len(), usize::from(code == 503));
        let status: Value = serde_json::from_slice(&self.rest().await).unwrap();
        assert_eq!(status["kind"], "Status");
        assert_eq!(status["apiVersion"], "v1");
        assert_eq!(status["status"], "Failure");
        assert_eq!(status["code"], code);
        assert!(!status["message"].as_str().unwrap().is_empty());
        status["reason"].as_str().unwrap().to_owned()
    }
}
