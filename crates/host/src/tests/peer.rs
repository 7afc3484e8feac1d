//! An HTTP/2 client that sends given bytes.

use frames::{Kind, PREFACE, frame};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::Host;

/// An HTTP/2 client.
pub(super) struct Peer(TcpStream);

impl Peer {
    /// A client that has sent these `settings` (RFC 9113, section 6.5.1).
    pub(super) async fn connect(host: &Host, settings: &[u8]) -> Self {
        let mut peer = Self(host.connect().await);
        peer.0.write_all(PREFACE).await.unwrap();
        peer.send(&frame(Kind::Settings, 0, 0, settings)).await;
        peer
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Reads until the host ends the connection.
    pub(super) async fn ended(mut self) {
        let mut read = [0; 4096];
        while matches!(self.0.read(&mut read).await, Ok(1..)) {}
    }

    /// Sends `next` of 0, 1, 2 and so on, and reads, until the host ends the connection.
    pub(super) async fn flood(mut self, next: impl Fn(u32) -> Vec<u8>) {
        let (mut reader, mut writer) = self.0.split();
        let writing = async {
            let mut number = 0;
            while writer.write_all(&next(number)).await.is_ok() {
                number += 1;
            }
        };
        let reading = async {
            let mut read = [0; 4096];
            while matches!(reader.read(&mut read).await, Ok(1..)) {}
        };
        tokio::select! {
            () = writing => {}
            () = reading => {}
        }
    }
}
