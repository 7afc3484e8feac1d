//! TLS handshakes, many at once, so that a slow client does not hold up others.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The most handshakes at once. One more ends the oldest, so that silent clients lock nobody out.
pub(crate) const MOST: usize = 512;

/// Handshakes in progress, each with data about its connection.
pub(crate) struct Handshakes<T> {
    acceptor: TlsAcceptor,
    tasks: JoinSet<Option<(TlsStream<TcpStream>, T)>>,
    /// The same handshakes, the oldest first; some may have ended.
    begun: VecDeque<AbortHandle>,
}

impl<T: Send + 'static> Handshakes<T> {
    pub(crate) fn new(acceptor: TlsAcceptor) -> Self {
        Self {
            acceptor,
            tasks: JoinSet::new(),
            begun: VecDeque::new(),
        }
    }

    /// Begins a handshake over `stream`, with this time limit.
    pub(crate) fn begin(&mut self, stream: TcpStream, known: T, limit: Duration) {
        self.begun.retain(|handshake| !handshake.is_finished());
        if self.begun.len() >= MOST
            && let Some(oldest) = self.begun.pop_front()
        {
            oldest.abort();
        }
        let acceptor = self.acceptor.clone();
        let handshake = self.tasks.spawn(async move {
            let stream = timeout(limit, acceptor.accept(stream)).await;
            // A failed handshake is not logged: any client can cause one.
            Some((stream.ok()?.ok()?, known))
        });
        self.begun.push_back(handshake);
    }

    /// The next handshake that has succeeded; waits for ever if there is none. Cancel-safe.
    pub(crate) async fn next(&mut self) -> (TlsStream<TcpStream>, T) {
        while let Some(done) = self.tasks.join_next().await {
            if let Ok(Some(connection)) = done {
                return connection;
            }
        }
        std::future::pending().await
    }
}
