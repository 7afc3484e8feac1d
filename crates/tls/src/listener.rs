//! Accepting TLS connections.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// So many handshakes at once; further clients wait to be accepted.
const HANDSHAKES: usize = 256;
/// After the system has refused a connection, as when too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

type Connection = (TlsStream<TcpStream>, SocketAddr);

/// A listener whose connections have shown their certificate; a slow client holds up no other one.
pub struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<Connection>>,
}

impl TlsListener {
    /// Accepts from `listener` by `acceptor`.
    pub fn new(listener: TcpListener, acceptor: TlsAcceptor) -> Self {
        Self {
            listener,
            acceptor,
            handshakes: JoinSet::new(),
        }
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The next connection whose handshake has succeeded. It may be dropped while it waits.
    pub async fn accept(&mut self) -> Connection {
        loop {
            let accepts = self.handshakes.len() < HANDSHAKES;
            tokio::select! {
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(connection)) = done {
                        return connection;
                    }
                }
                accepted = self.listener.accept(), if accepts => match accepted {
                    Ok((stream, address)) => self.shake_hands(stream, address),
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
            }
        }
    }

    fn shake_hands(&mut self, stream: TcpStream, address: SocketAddr) {
        let acceptor = self.acceptor.clone();
        self.handshakes.spawn(async move {
            let stream = timeout(HANDSHAKE, acceptor.accept(stream)).await;
            // How a handshake fails is the client's affair.
            Some((stream.ok()?.ok()?, address))
        });
    }
}
