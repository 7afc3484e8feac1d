//! The listener.

use std::net::SocketAddr;
use std::time::Duration;

use tls::TlsListener;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_rustls::server::TlsStream;

use crate::connect::Stream;

/// After the system has refused a connection, as when too many files are open.
const PAUSE: Duration = Duration::from_millis(50);

/// Where the server listens.
pub enum Listener {
    /// In the clear: HTTP/1.1.
    Plain(TcpListener),
    /// Over TLS: HTTP/1.1, and HTTP/2 if the client and the acceptor agree on it (ALPN).
    Tls(TlsListener),
}

/// A client's connection.
pub(super) struct Accepted {
    pub(super) stream: Box<dyn Stream>,
    pub(super) client: SocketAddr,
    pub(super) http2: bool,
}

impl Listener {
    pub(super) async fn accept(&mut self) -> Accepted {
        match self {
            Self::Plain(listener) => loop {
                match listener.accept().await {
                    Ok((stream, client)) => return plain(stream, client),
                    Err(_) => sleep(PAUSE).await,
                }
            },
            Self::Tls(listener) => {
                let (stream, client) = listener.accept().await;
                secure(stream, client)
            }
        }
    }
}

fn plain(stream: TcpStream, client: SocketAddr) -> Accepted {
    // A kernel that cannot do this only makes it slower.
    let _ = stream.set_nodelay(true);
    Accepted {
        stream: Box::new(stream),
        client,
        http2: false,
    }
}

fn secure(stream: TlsStream<TcpStream>, client: SocketAddr) -> Accepted {
    let (socket, session) = stream.get_ref();
    let _ = socket.set_nodelay(true);
    let http2 = session.alpn_protocol() == Some(b"h2");
    Accepted {
        stream: Box::new(stream),
        client,
        http2,
    }
}
