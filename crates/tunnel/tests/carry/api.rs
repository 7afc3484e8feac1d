//! An API server whose connections each test plays itself.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The answer that switches to WebSocket.
pub(crate) const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
    Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n";

/// A listening API server.
pub(crate) struct Api {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

/// A connection from the tunnel.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// The head, with the empty line.
    pub(crate) head: String,
}

impl Api {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { listener, address }
    }

    /// The next connection and the head that came over it.
    pub(crate) async fn accept(&self) -> Connection {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        Connection { stream, head }
    }

    /// Like [`Api::accept`], and switches to WebSocket.
    pub(crate) async fn switch(&self) -> TcpStream {
        let mut connection = self.accept().await;
        connection.write(SWITCHED).await;
        connection.stream
    }
}

impl Connection {
    pub(crate) async fn write(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// The values of the headers `name`.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        header(&self.head, name)
    }
}

/// Reads a head and no byte more.
pub(crate) async fn read_head(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// The values of the headers `name` in `head`.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .filter(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .collect()
}
